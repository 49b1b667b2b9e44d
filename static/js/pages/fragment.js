// The part of an address behind the #, on its way over the sign-in.

/**
 * A link to another page of signing in, with what is to be seen afterwards named to the very post;
 * null for any other link: what somebody wrote leads where they meant it to.
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
