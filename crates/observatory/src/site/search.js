"use strict";
// Search over the results of this page: `eis:WGZ-SEC-010 uitkomst:niet-voldaan spoor:2`. Words narrow, commas widen, a
// minus sign turns around, a star stands for the rest. Everything it knows stands in this page; nothing is fetched.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const words = data.words;
  const $ = (id) => document.getElementById(id);
  const plain = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
  const rows = Array.from($("rows").tBodies[0].rows);
  const MOST = 200;

  // "s40u1" → the outcome of each requirement of a profile, in order.
  const unfold = (text) => {
    const all = [];
    for (const [, letter, times] of text.matchAll(/([a-z-])(\d*)/g)) {
      for (let n = Number(times || 1); n > 0; n -= 1) all.push(letter);
    }
    return all;
  };
  const products = data.products.map((one) => ({ ...one, outcomes: unfold(one.o), text: plain(`${one.n} ${one.v}`) }));
  const texts = rows.map((row) => plain(row.cells[0].textContent));

  // One term: { key, values, not }. A key nobody knows, and a value an outcome cannot have, are said, not passed over.
  const parse = (query) => {
    const terms = [];
    for (const [, minus, key, quoted, bare] of query.matchAll(/(-?)(?:([\p{L}]+):)?(?:"([^"]*)"|([^\s"]+))/gu)) {
      const known = key ? data.keys[plain(key)] : "text";
      if (!known) return { problem: words.unknown.replace("{key}", key) };
      const values = quoted === undefined ? bare.split(",").filter(Boolean) : [quoted];
      if (known === "outcome") {
        const wrong = values.find((value) => !data.outcomes[plain(value)]);
        if (wrong !== undefined) return { problem: words.unknown_outcome.replace("{value}", wrong) };
      }
      terms.push({ key: known, values: values.map(plain), not: minus === "-" });
    }
    return { terms };
  };

  const like = (value, pattern) =>
    pattern.endsWith("*") ? value.startsWith(pattern.slice(0, -1)) : value === pattern;
  const holds = (term, ask) => term.values.some(ask) !== term.not;

  // Whether a row (a requirement of a profile) fits, outcomes and products aside.
  const fits = (terms, row, n) => terms.every((term) => {
    const profile = data.profiles[row.p];
    switch (term.key) {
      case "requirement": return holds(term, (value) => like(plain(row.r), value));
      case "track": return holds(term, (value) => like(row.s, value));
      case "level": return holds(term, (value) => like(plain(row.l), value));
      case "profile": return holds(term, (value) => like(plain(profile.id), value));
      case "role": return holds(term, (value) => like(plain(profile.role), value));
      case "exchange": return holds(term, (value) => plain(profile.exchange).includes(value));
      case "text": return holds(term, (value) => texts[n].includes(value));
      default: return true;
    }
  });
  const of = (terms, key) => terms.filter((term) => term.key === key);
  const letters = (term) => term.values.map((value) => data.outcomes[value]);
  const outcome = (terms, letter) => of(terms, "outcome").every((term) => letters(term).includes(letter) !== term.not);
  const named = (terms, one) =>
    of(terms, "product").every((term) => holds(term, (value) => one.text.includes(value)));

  const cell = (row, text, href) => {
    const at = row.insertCell();
    if (!href) { at.textContent = text; return; }
    const link = document.createElement("a");
    link.href = href;
    link.textContent = text;
    at.append(link);
  };

  const search = (query) => {
    carry(query);
    const { terms, problem } = parse(query);
    const list = $("hits");
    list.tBodies[0].replaceChildren();
    list.hidden = true;
    $("problem").textContent = problem ?? "";
    if (problem) { $("status").textContent = ""; return; }
    const asked = of(terms, "outcome").length + of(terms, "product").length > 0;
    let shown = 0;
    const hits = [];
    data.rows.forEach((row, n) => {
      let fit = fits(terms, row, n);
      if (fit && asked) {
        const found = products.filter((one) => one.p === row.p && named(terms, one) && outcome(terms, one.outcomes[row.i]));
        hits.push(...found.map((one) => ({ one, row })));
        // Of products that nobody may name only the table's own cells are known: the letters of those that are not zero.
        const possible = of(terms, "product").length === 0 && Array.from(row.z).some((letter) => outcome(terms, letter));
        fit = found.length > 0 || possible;
      }
      rows[n].hidden = !fit;
      if (fit) shown += 1;
    });
    $("status").textContent = words.found.replace("{n}", shown).replace("{all}", rows.length)
      + (hits.length > 0 ? ` ${words.hits.replace("{n}", hits.length).replace("{most}", Math.min(hits.length, MOST))}` : "");
    for (const { one, row } of hits.slice(0, MOST)) {
      const line = list.tBodies[0].insertRow();
      cell(line, one.n, one.h);
      cell(line, data.profiles[row.p].title);
      cell(line, row.r);
      cell(line, data.names[one.outcomes[row.i]] ?? "");
    }
    list.hidden = hits.length === 0;
  };

  // What was asked goes along to the other parts.
  const parts = Array.from(document.querySelectorAll(".pages a"), (link) => ({ link, href: link.getAttribute("href") }));
  const carry = (query) => {
    for (const { link, href } of parts) link.href = query ? `${href}#q=${encodeURIComponent(query)}` : href;
  };

  const form = $("form");
  const input = $("q");
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const query = input.value.trim();
    history.replaceState(null, "", query ? `#q=${encodeURIComponent(query)}` : "#");
    search(query);
  });
  const fromAddress = () => {
    if (!location.hash.startsWith("#q=")) return;
    try { input.value = decodeURIComponent(location.hash.slice(3)); } catch { input.value = location.hash.slice(3); }
    search(input.value);
  };
  window.addEventListener("hashchange", fromAddress);
  fromAddress();
})();
