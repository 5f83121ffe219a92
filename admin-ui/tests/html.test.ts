import { expect, test } from "vitest";
import { textOf } from "../src/fields/editor/text.ts";

test.each([
  ["", ""],
  ["plain", "plain"],
  ["<p>one</p><p>two</p>", "one two"],
  ["a <strong>bo</strong>ld word", "a bold word"],
  ["<ul><li>one</li>\n<li>two</li></ul>", "one two"],
  ["line<br>line", "line line"],
  ["&lt;b&gt; &amp;amp; &quot;x&quot; &#39;&#x1F6F7;&#39;", `<b> &amp; "x" '🛷'`],
  ["a&nbsp;b&unknown;c", "a b&unknown;c"],
  ["&#x110000; &#9999999;", "&#x110000; &#9999999;"],
  ["<script>alert(1)</script>x<style>p{}</style>", "x"],
  ["<!-- <b>no</b> -->yes<!doctype html>", "yes"],
  ["<img src=x onerror=alert(1)>", ""],
  ["<img src=x onerror=alert(1)//", ""],
  ["3 < 4 and 5 > 4", "3 < 4 and 5 > 4"],
])("the text of %j is %j", (html, text) => {
  expect(textOf(html)).toBe(text);
});
