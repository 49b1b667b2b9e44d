import assert from "node:assert/strict";
import { test } from "node:test";
import { passedOn } from "tt/pages/fragment";

const here = { hash: "#p20", origin: "https://talk.example" };

test("a link to another sign-in page passes the fragment on", () => {
  for (const href of [
    "https://talk.example/accounts/signup/?next=%2Fsessions%2F1%2Froom%2F",
    "/accounts/signup/?next=/sessions/1/room/",
  ]) {
    const url = new URL(passedOn(href, here) ?? "");
    assert.equal(url.searchParams.get("next"), "/sessions/1/room/#p20");
    assert.equal(url.pathname, "/accounts/signup/");
  }
});

test("any other link stays as it is", () => {
  for (const href of [
    "https://elsewhere.example/accounts/?next=/a/",
    "https://elsewhere.example/login?next=/a/",
    "https://talk.example/sessions/1/?next=/a/",
    "/accounts/signup/",
    "/accounts/signup/?context=next=1",
    "/accounts/signup/?next=/a/%23p3",
    "mailto:a@talk.example?next=/a/",
    "http://[",
  ]) {
    assert.equal(passedOn(href, here), null, href);
  }
});
