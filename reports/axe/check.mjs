// Checks report files with axe-core: node check.mjs REPORT.html… [--shots DIR]
// Every violation is printed; exit 1 on any, 2 on wrong use. Nothing is fetched: the browser is offline.
import { readFileSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const args = process.argv.slice(2);
const at = args.indexOf("--shots");
const shots = at < 0 ? null : args.splice(at, 2)[1];
if (args.length === 0 || (at >= 0 && !shots)) {
  console.error("usage: node check.mjs REPORT.html… [--shots DIR]");
  process.exit(2);
}
if (shots) mkdirSync(shots, { recursive: true });

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
// What a reader may meet: a wide and a narrow window, dark, forced colours, and everything unfolded.
const looks = [
  { name: "desktop", viewport: { width: 1280, height: 900 } },
  { name: "narrow", viewport: { width: 320, height: 800 } },
  { name: "dark", viewport: { width: 1280, height: 900 }, colorScheme: "dark" },
  { name: "forced", viewport: { width: 1280, height: 900 }, forcedColors: "active" },
];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
let problems = 0;
const problem = (text) => { problems += 1; console.log(text); };

const look = async (file, { name, ...options }) => {
  // The page's own policy forbids scripts; axe has to get past it. The page itself has none.
  const context = await browser.newContext({ ...options, bypassCSP: true, offline: true });
  const page = await context.newPage();
  page.on("request", (r) => { if (!r.url().startsWith("file:") || r.resourceType() !== "document") problem(`${file} [${name}] asks for ${r.url()}`); });
  await page.goto(pathToFileURL(resolve(file)).href, { timeout: 30_000 });
  const shot = async (suffix) => {
    if (shots) await page.screenshot({ path: `${shots}/${basename(file)}.${name}${suffix}.png`, fullPage: true });
  };
  await shot("");
  // Folded it shows a part of the same: in one look that is seen too.
  for (const state of name === "desktop" ? ["folded", "unfolded"] : ["unfolded"]) {
    if (state === "unfolded") await page.evaluate(() => document.querySelectorAll("details").forEach((d) => { d.open = true; }));
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (wide > 0) problem(`${file} [${name}, ${state}] scrolls sideways by ${wide} px`);
    await page.evaluate(axe);
    const found = await page.evaluate((values) => window.axe.run({ runOnly: { type: "tag", values } }), tags);
    for (const violation of found.violations) {
      problem(`${file} [${name}, ${state}] ${violation.id} (${violation.impact}): ${violation.help}`);
      for (const node of violation.nodes.slice(0, 5)) console.log(`    ${node.target.join(" ")}\n    ${node.html.slice(0, 200)}`);
    }
  }
  await shot(".unfolded");
  console.log(`${basename(file)} [${name}] looked at`);
  await context.close();
};

// A report is long, and a machine has more than one core.
for (const file of args) await Promise.all(looks.map((one) => look(file, one)));
await browser.close();
console.log(`${args.length} file(s), ${looks.length} looks, ${problems} problem(s)`);
process.exit(problems ? 1 : 0);
