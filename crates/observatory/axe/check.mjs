// Looks at a site as its readers do: node check.mjs SITE [--shots DIR] [--report FILE.html…]
// On the largest page of every kind: axe-core in four looks, no sideways scrolling, nothing fetched, the keyboard alone reaches everything
// and gets out again, and the search finds what it should. Every problem is printed; exit 1 on any, 2 on wrong use.
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

// The tools are those of the report's check.
const tools = createRequire(join(dirname(fileURLToPath(import.meta.url)), "../../../reports/axe/check.mjs"));
const { chromium } = tools("playwright-core");
const axe = readFileSync(tools.resolve("axe-core/axe.min.js"), "utf8");

const args = process.argv.slice(2);
const take = (name) => {
  const at = args.indexOf(name);
  return at < 0 ? null : args.splice(at, 2)[1];
};
const shots = take("--shots");
const reportAt = args.indexOf("--report");
const reports = reportAt < 0 ? [] : args.splice(reportAt).slice(1);
const [site] = args;
if (args.length !== 1 || !existsSync(join(site, "index.html"))) {
  console.error("usage: node check.mjs SITE [--shots DIR] [--report FILE.html…]");
  process.exit(2);
}
if (shots) mkdirSync(shots, { recursive: true });

const LIMIT = 300_000;
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const looks = [
  { name: "desktop", viewport: { width: 1280, height: 900 } },
  { name: "narrow", viewport: { width: 320, height: 800 } },
  { name: "dark", viewport: { width: 1280, height: 900 }, colorScheme: "dark" },
  { name: "forced", viewport: { width: 1280, height: 900 }, forcedColors: "active" },
];

let problems = 0;
const problem = (text) => { problems += 1; console.log(text); };

const files = (folder) => readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
  const path = join(folder, entry.name);
  return entry.isDirectory() ? files(path) : [path];
});
const pages = files(site).filter((path) => path.endsWith(".html"));
for (const path of pages) {
  const { size } = statSync(path);
  if (size >= LIMIT) problem(`${relative(site, path)} has ${size} bytes`);
}

// Of every kind (folder, and name without numbers) the largest page, and of each language the same.
const kinds = new Map();
for (const path of pages) {
  const parts = relative(site, path).split("/");
  const last = parts.pop();
  const nested = parts.length > 1;
  const kind = [...parts, nested ? "*" : last.replace(/-\d+\.html$/, ".html")].join("/");
  const best = kinds.get(kind);
  if (!best || statSync(path).size > statSync(best).size) kinds.set(kind, path);
}
const chosen = [...kinds.values(), ...reports];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});

const address = (path) => pathToFileURL(resolve(path)).href;
const open = async (options, path, name) => {
  const context = await browser.newContext({ ...options, offline: true });
  const page = await context.newPage();
  page.on("request", (r) => { if (!r.url().startsWith("file:") || r.resourceType() !== "document") problem(`${name} asks for ${r.url()}`); });
  page.on("pageerror", (error) => problem(`${name}: ${error.message}`));
  page.on("console", (message) => { if (message.type() === "error") problem(`${name}: ${message.text()}`); });
  await page.goto(address(path), { timeout: 60_000 });
  return { context, page };
};

const look = async (path, { name, ...options }) => {
  const label = `${relative(site, path)} [${name}]`;
  // The page's own policy forbids foreign scripts; axe has to get past it.
  const { context, page } = await open({ ...options, bypassCSP: true }, path, label);
  if (shots) await page.screenshot({ path: join(shots, `${relative(site, path).replaceAll(/[/.]+/g, "_")}.${name}.png`), fullPage: name !== "desktop" });
  await page.evaluate(() => document.querySelectorAll("details").forEach((d) => { d.open = true; }));
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 0) problem(`${label} scrolls sideways by ${wide} px`);
  await page.evaluate(axe);
  const found = await page.evaluate((values) => window.axe.run({ runOnly: { type: "tag", values } }), tags);
  for (const violation of found.violations) {
    problem(`${label} ${violation.id} (${violation.impact}): ${violation.help}`);
    for (const node of violation.nodes.slice(0, 3)) console.log(`    ${node.target.join(" ")}\n    ${node.html.slice(0, 200)}`);
  }
  await context.close();
};

// With Tab alone: every link, field and scrolling region gets its turn in the order of the page, shows where it is, and none holds the reader.
const MOST = 400;
const keyboard = async (path) => {
  const label = `${relative(site, path)} [keyboard]`;
  const { context, page } = await open(looks[0], path, label);
  const expected = await page.evaluate(() => {
    const all = [...document.querySelectorAll("a[href], button, input, summary, [tabindex='0']")];
    const seen = all.filter((one) => one.checkVisibility({ visibilityProperty: true }));
    seen.forEach((one, n) => { one.dataset.turn = String(n); });
    return seen.length;
  });
  const reached = Math.min(expected, MOST);
  for (let n = 0; n < reached; n += 1) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const one = document.activeElement;
      const style = getComputedStyle(one);
      return { turn: one.dataset.turn ?? one.tagName, ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0, text: one.outerHTML.slice(0, 120) };
    });
    if (at.turn !== String(n)) { problem(`${label} turn ${n} is at ${at.turn}: ${at.text}`); break; }
    if (!at.ring) { problem(`${label} shows no focus on ${at.text}`); break; }
    if (n === 0) {
      // The first stop leads past the menu.
      await page.keyboard.press("Enter");
      const main = await page.evaluate(() => document.activeElement.id);
      if (main !== "content") problem(`${label} the first link does not lead to the content, but to ${main}`);
      await page.evaluate(() => { document.activeElement.blur(); });
      await page.goto(address(path));
      await page.evaluate(() => {
        [...document.querySelectorAll("a[href], button, input, summary, [tabindex='0']")]
          .filter((one) => one.checkVisibility({ visibilityProperty: true })).forEach((one, n) => { one.dataset.turn = String(n); });
      });
      await page.keyboard.press("Tab");
    }
  }
  console.log(`${label} ${reached} of ${expected} stops`);
  await context.close();
};

// The query language, by keyboard, and the page without a script.
const search = async (path, [word, outcome, zero]) => {
  const label = `${relative(site, path)} [search]`;
  const { context, page } = await open(looks[0], path, label);
  const shown = () => page.evaluate(() => [...document.querySelectorAll("#rows tbody tr")].filter((row) => !row.hidden).map((row) => row.querySelector(".nowrap").textContent));
  const all = await shown();
  const ask = async (query) => {
    await page.fill("#q", query);
    await page.press("#q", "Enter");
    return shown();
  };
  const id = all[Math.floor(all.length / 2)];
  const one = await ask(`${word}:${id}`);
  if (one.length === 0 || one.some((other) => other !== id)) problem(`${label} ${word}:${id} gives ${one.join(" ")}`);
  const rest = await ask(`-${word}:${id}`);
  if (rest.length + one.length !== all.length) problem(`${label} -${word}:${id} gives ${rest.length} of ${all.length}`);
  const star = await ask(`${word}:${id.slice(0, 7)}*`);
  if (star.length !== all.filter((other) => other.startsWith(id.slice(0, 7))).length) problem(`${label} the star gives ${star.length}`);
  const failing = await ask(outcome);
  const some = await page.evaluate((none) => [...document.querySelectorAll("#rows tbody tr")]
    .filter((row) => row.querySelectorAll("td.f")[1].textContent !== none).map((row) => row.querySelector(".nowrap").textContent), zero);
  if (failing.join() !== some.join()) problem(`${label} ${outcome} gives ${failing.length} rows, and ${some.length} have one`);
  // All words of the language at once: what each of them gives.
  const track = `${word === "eis" ? "spoor" : "track"}:2`;
  const [second, both] = [await ask(track), await ask(`${word}:${id} ${outcome} ${track}`)];
  const meant = all.filter((other) => other === id && failing.includes(other) && second.includes(other));
  if (both.length > meant.length || both.some((other) => other !== id)) problem(`${label} three words give ${both.join(" ")}`);
  const carried = await page.evaluate(() => [...document.querySelectorAll(".pages a")].every((link) => link.hash.startsWith("#q=")));
  if (!carried) problem(`${label} forgets the query on the way to another part`);
  if ((await ask("")).length !== all.length) problem(`${label} an empty query hides rows`);
  await ask("onzin:1");
  if (!(await page.textContent("#problem")).includes("onzin")) problem(`${label} passes over a word nobody knows`);
  await ask(`${outcome.split(":")[0]}:mooi`);
  if (!(await page.textContent("#problem")).includes("mooi")) problem(`${label} passes over an outcome that does not exist`);
  await page.goto(`${address(path)}#q=${encodeURIComponent(`${word}:${id}`)}`);
  await page.reload();
  if ((await shown()).length !== one.length) problem(`${label} a link with a query does not search`);
  await context.close();
  const bare = await open({ ...looks[0], javaScriptEnabled: false }, path, label);
  const plain = await bare.page.locator("#rows tbody tr").count();
  if (plain !== all.length) problem(`${label} without a script ${plain} of ${all.length} rows stand there`);
  if (await bare.page.locator("#form").isVisible()) problem(`${label} shows a form that cannot work without a script`);
  await bare.context.close();
  console.log(`${label} ${all.length} rows`);
};

// The other language differs in words alone: one look will do.
const translated = (path) => relative(site, path).startsWith("en/") && existsSync(join(site, "nl"));
for (const path of chosen) {
  await Promise.all((translated(path) ? looks.slice(0, 1) : looks).map((one) => look(path, one)));
  if (!translated(path)) await keyboard(path);
}
const tongues = { nl: ["eis", "uitkomst:niet-voldaan", "nul"], en: ["requirement", "outcome:not-satisfied", "zero"] };
for (const [lang, words] of Object.entries(tongues)) {
  const path = join(site, lang, "search.html");
  if (existsSync(path)) await search(path, words);
}
await browser.close();
console.log(`${pages.length} page(s), ${chosen.length} looked at, ${problems} problem(s)`);
process.exit(problems ? 1 : 0);
