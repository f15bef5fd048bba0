// Makes the pictures of the documentation from a site: node pictures.mjs SITE NAMED-SITE OUT-DIR
// SITE names nobody, NAMED-SITE names its products; both of a generated history, so that every picture says so.
import { existsSync, readdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const { chromium } = createRequire(join(dirname(fileURLToPath(import.meta.url)), "../../../reports/axe/check.mjs"))("playwright-core");
const [site, named, out] = process.argv.slice(2);
if (!out || ![site, named].every((one) => existsSync(join(one, "nl/index.html")))) {
  console.error("usage: node pictures.mjs SITE NAMED-SITE OUT-DIR");
  process.exit(2);
}
// The page of a folder that has most to show.
const fullest = (folder) => {
  const size = (name) => statSync(join(named, folder, name)).size;
  const pages = readdirSync(join(named, folder)).filter((name) => name.endsWith(".html"));
  return join(folder, pages.sort((a, b) => size(b) - size(a) || a.localeCompare(b))[0]);
};
const pictures = [
  { name: "observatory", page: join(site, "nl/index.html"), width: 1000, height: 1440 },
  { name: "observatory-profile", page: join(named, fullest("nl/profile")), width: 1000, height: 1000 },
  { name: "observatory-product", page: join(named, fullest("nl/product")), width: 1000, height: 900 },
  { name: "observatory-search", page: join(named, "en/search.html"), width: 1000, height: 800, query: "outcome:not-satisfied track:2" },
];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
for (const { name, page: path, width, height, query } of pictures) {
  const context = await browser.newContext({ viewport: { width, height }, offline: true });
  const page = await context.newPage();
  await page.goto(pathToFileURL(resolve(path)).href + (query ? `#q=${encodeURIComponent(query)}` : ""));
  await page.screenshot({ path: join(out, `${name}.png`) });
  await context.close();
}
await browser.close();
