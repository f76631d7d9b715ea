// Pages of another origin, in a real browser, against the control plane: none of them reads
// or changes anything. The emulator's own page may, and Graph goes on answering all.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";

const binary = process.env.GRAPH_EMULATOR_BINARY ?? fileURLToPath(new URL("../../../bin/graph-emulator", import.meta.url));
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const port = (server) => server.address().port;
let child, url, evil, browser;

before(async () => {
  child = spawn(binary, ["serve", "--listen", "127.0.0.1:0", "--sign-in", "page"], { stdio: ["ignore", "pipe", "inherit"] });
  let line = "";
  for await (const chunk of child.stdout) {
    line += chunk;
    if (line.includes("\n")) break;
  }
  url = /ready on (http:\/\/\S+:\d+)/.exec(line)[1];
  evil = createServer((req, res) => res.setHeader("Content-Type", "text/html").end("<!DOCTYPE html><title>evil</title>")).listen(0, "127.0.0.1");
  await once(evil, "listening");
  // Names of the internet lead to this machine, as an attacker's name server makes them.
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--host-resolver-rules=MAP *.example 127.0.0.1"] });
});
after(async () => {
  await browser?.close();
  evil?.close();
  child?.kill("SIGTERM");
  if (child) assert.equal((await once(child, "exit"))[0], 0);
});

const control = async (method, path) => (await fetch(url + "/_emulator" + path, { method })).json();
const frozen = async () => (await control("GET", "/clock")).frozen;

/** Lends a page of an origin. */
async function on(origin, use) {
  const page = await browser.newPage();
  page.setDefaultTimeout(20_000);
  try {
    await page.goto(origin);
    await use(page);
  } finally {
    await page.close();
  }
}

/** What a page can try with fetch: status and text of the answer, or "blocked". */
const attempt = (page, to, init) => page.evaluate(async ([to, init]) => {
  try {
    const got = await fetch(to, init);
    return got.type === "opaque" ? "opaque" : `${got.status} ${await got.text()}`;
  } catch {
    return "blocked";
  }
}, [to, init]);

for (const name of ["evil.example", "localhost"]) { // another site, and another port of this one
  test(`pages of ${name} read and change nothing`, () => on(`http://${name}:${port(evil)}/`, async (page) => {
    const target = url.replace("127.0.0.1", name === "localhost" ? "localhost" : "127.0.0.1");
    const json = { "Content-Type": "application/json" };
    const freeze = JSON.stringify({ freeze: true });
    assert.equal(await attempt(page, `${target}/_emulator/tenant`), "blocked");
    assert.equal(await attempt(page, `${target}/_emulator/authority/tokens`, { method: "POST", headers: json, body: "{}" }), "blocked");
    assert.equal(await attempt(page, `${target}/_emulator/clock`, { method: "POST", headers: json, body: freeze }), "blocked");
    assert.equal(await attempt(page, `${target}/_emulator/clock`, { method: "POST", headers: { "Content-Type": "text/plain" }, body: freeze }), "blocked");
    await attempt(page, `${target}/_emulator/clock`, { method: "POST", mode: "no-cors", body: freeze });
    await page.evaluate(async ([to, text]) => fetch(to, { method: "POST", mode: "no-cors", body: new Blob([text]) }).catch(() => {}), [`${target}/_emulator/clock`, freeze]);
    assert.equal(await frozen(), false);

    const form = page.waitForResponse(`${target}/_emulator/reset`);
    await page.evaluate((to) => {
      document.body.innerHTML = `<form method="post" action="${to}"></form>`;
      document.forms[0].submit();
    }, `${target}/_emulator/reset`);
    assert.equal((await form).status(), 403);
  }));
}

test("a name that leads to this machine is not the emulator's", () => on(`http://rebind.example:${new URL(url).port}/v1.0/me`, async (page) => {
  assert.match(await attempt(page, "/v1.0/me"), /^200 /);
  assert.match(await attempt(page, "/_emulator/tenant"), /^403 .*DNS rebinding/);
  assert.match(await attempt(page, "/_emulator/reset", { method: "POST" }), /^403 /);
}));

test("the emulator's own page may use the control plane", () => on(`${url}/_emulator/`, async (page) => {
  assert.match(await page.textContent("h1"), /^graph-emulator/);
  assert.match(await page.textContent("body"), /POST \/_emulator\/reset/);
  // Its policy forbids script; another page of the same origin stands for the console.
  await page.goto(`${url}/v1.0/me`);
  assert.match(await attempt(page, "/_emulator/tenant"), /^200 /);
  assert.equal(await attempt(page, "/_emulator/clock", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ freeze: false }) }).then((s) => s.slice(0, 3)), "200");
  assert.equal(await attempt(page, "/_emulator/reset", { method: "POST" }), "204 ");
}));

test("Graph answers every page", () => on(`http://evil.example:${port(evil)}/`, async (page) => {
  assert.match(await attempt(page, `${url}/v1.0/me`), /^200 /);
}));

test("what a page has uploaded runs no script here", () => on(`http://evil.example:${port(evil)}/`, async (page) => {
  const json = { "Content-Type": "application/json" };
  const drive = await attempt(page, `${url}/v1.0/drives`, { method: "POST", headers: json, body: JSON.stringify({ name: "Hold", root: { name: "root" } }) });
  const at = `${url}/v1.0/drives/${JSON.parse(drive.slice(4)).id}/root:/x.html:/content`;
  const made = await attempt(page, at, { method: "PUT", headers: { "Content-Type": "text/html" }, body: "<title>quiet</title><script>document.title = 'script'</script>" });
  assert.match(made, /^201 /);
  await page.goto(at);
  assert.equal(await page.title(), "quiet");
}));

test("the sign-in page shows in no frame", () => on(`http://evil.example:${port(evil)}/`, async (page) => {
  await page.evaluate((to) => new Promise((done) => {
    const frame = document.createElement("iframe");
    frame.onload = done;
    frame.src = to;
    document.body.append(frame);
  }), `${url}/devicelogin`);
  const frame = page.frames()[1];
  assert.equal(await frame.locator("form").count(), 0);
}));
