// Keeps the fragment of an address, the part after the #, through the sign-in.

/**
 * A link to another sign-in page, with the fragment added to its `next`; null for any other link,
 * which stays as it was written.
 * @param {string} href
 * @param {{ hash: string, origin: string }} here
 */
export function passedOn(href, { hash, origin }) {
  if (!URL.canParse(href, origin)) return null;
  const url = new URL(href, origin);
  const next = url.searchParams.get("next");
  const isOurs = url.origin === origin && url.pathname.startsWith("/accounts/");
  if (!isOurs || next === null || next.includes("#")) return null;
  url.searchParams.set("next", next + hash);
  return url.href;
}
