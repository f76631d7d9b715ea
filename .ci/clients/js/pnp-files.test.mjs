// @pnp/graph: drives, items, content, upload sessions, delta.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { BrowserFetchWithRetry, DefaultParse, HttpRequestError, InjectHeaders } from "@pnp/queryable";
import { DefaultHeaders, DefaultInit, GraphCollection, graphfi, Paged } from "@pnp/graph";
import "@pnp/graph/files/index.js";
import "@pnp/graph/users/index.js";
import { start, token } from "./emulator.mjs";

let emulator, graph;

before(async () => {
  emulator = await start();
  graph = graphfi().using(DefaultInit(emulator.url + "/v1.0"), DefaultHeaders(), BrowserFetchWithRetry(), DefaultParse(),
    InjectHeaders({ Authorization: `Bearer ${token({ scp: "Files.ReadWrite.All" })}` }));
});
after(() => emulator.stop());

const drive = () => graph.me.drive;
const text = async (item) => Buffer.from(await (await item.getContent()).arrayBuffer()).toString();
const status = (code) => (err) => err instanceof HttpRequestError && err.status === code;

test("drives", async () => {
  const mine = await drive()();
  assert.equal(mine.driveType, "business");
  assert.ok(mine.quota.remaining > 0);
  assert.deepEqual((await graph.me.drives()).map((d) => d.id), [mine.id]);
  assert.ok((await drive().root()).root);
});

test("items", async () => {
  const folder = await drive().root.children.addFolder({ name: "Charts" });
  const again = await drive().root.children.addFolder({ name: "Charts" }); // its default is rename
  assert.equal(again.name, "Charts 1");
  const made = await drive().getItemById(folder.id).upload({ content: "high water at six", contentType: "text/plain", filePathName: "tides.txt" });
  const item = drive().getItemById(made.id);
  assert.equal(await text(item), "high water at six");
  await item.upload({ content: "high water at seven", contentType: "text/plain" });
  assert.equal(await text(drive().getItemByPath("Charts/tides.txt")), "high water at seven");
  await assert.rejects(item.upload({ content: "late", eTag: made.eTag }), status(412));
  assert.equal((await item.versions()).length, 2);
  assert.deepEqual((await drive().getItemsByPath("Charts")()).map((i) => i.name), ["tides.txt"]);
  const moved = await item.moveItem({ name: "old tides.txt", parentReference: { id: again.id } });
  assert.deepEqual([moved.id, moved.parentReference.id], [made.id, again.id]);
  assert.deepEqual((await drive().root.search("old tides")()).map((i) => i.id), [made.id]);
  const monitor = await item.copyItem({ name: "new tides.txt" });
  assert.equal((await (await fetch(monitor)).json()).status, "completed");
  assert.deepEqual((await drive().getItemById(again.id).children()).map((i) => i.name).sort(), ["new tides.txt", "old tides.txt"]);
  await item.delete();
  await assert.rejects(item(), status(404));
});

test("add: a file in two requests", async () => {
  const made = await drive().root.children.add({ filename: "notes.txt", content: "calm", contentType: "text/plain" });
  assert.deepEqual([made.name, made.size], ["notes.txt", 4]);
});

test("an upload session", async () => {
  const folder = await drive().root.children.addFolder({ name: "Surveys" });
  const content = Buffer.alloc(320 * 1024 + 11, "x");
  const { session, resumableUpload } = await drive().getItemById(folder.id).createUploadSession({ item: { name: "bank.bin" }, conflictBehavior: "replace" });
  assert.ok(session.uploadUrl);
  const next = await resumableUpload.upload(320 * 1024, content.subarray(0, 320 * 1024), `bytes 0-${320 * 1024 - 1}/${content.length}`);
  assert.deepEqual(next.nextExpectedRanges.map((r) => parseInt(r, 10)), [320 * 1024]);
  assert.equal((await resumableUpload.status()).nextExpectedRanges.length, 1);
  const item = await resumableUpload.upload(11, content.subarray(320 * 1024), `bytes ${320 * 1024}-${content.length - 1}/${content.length}`);
  assert.deepEqual([item.name, item.size], ["bank.bin", content.length]);
  const other = await drive().getItemById(folder.id).createUploadSession({ item: { name: "given up.bin" } });
  await other.resumableUpload.cancel();
  await assert.rejects(other.resumableUpload.status(), status(404));
});

test("delta", async () => {
  const read = (base) => GraphCollection(base).using(Paged())();
  const rounds = async (page) => {
    const items = [...page.value];
    while (page.hasNext) {
      page = await read([graph.me, page.nextLink]);
      items.push(...page.value);
    }
    return { items, next: () => read([graph.me, page.deltaLink]).then(rounds) };
  };
  const all = await rounds(await read(drive().root.concat("/delta")));
  assert.ok(all.items[0].root);
  const made = await drive().root.upload({ content: "fresh", filePathName: "fresh.txt" });
  const changed = await all.next();
  assert.deepEqual(changed.items.filter((i) => i.file).map((i) => i.id), [made.id]);
  await drive().getItemById(made.id).delete();
  const gone = await changed.next();
  assert.deepEqual(gone.items.filter((i) => i.deleted).map((i) => i.id), [made.id]);
});
