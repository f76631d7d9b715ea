// @microsoft/microsoft-graph-client: upload tasks, content, delta of a drive.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import graphClient from "@microsoft/microsoft-graph-client";
import { start, token } from "./emulator.mjs";

const { Client, FileUpload, GraphError, LargeFileUploadTask, OneDriveLargeFileUploadTask, PageIterator, Range, ResponseType, StreamUpload } = graphClient;
const slice = 320 * 1024;
let emulator, client;

before(async () => {
  emulator = await start();
  client = Client.init({
    baseUrl: emulator.url + "/",
    customHosts: new Set([new URL(emulator.url).hostname]),
    authProvider: (done) => done(null, token({ scp: "Files.ReadWrite.All" })),
  });
});
after(() => emulator.stop());

/** Bytes in which every place differs from its neighbours. */
const bytes = (n) => Uint8Array.from({ length: n }, (_, i) => (i * 31 + (i >> 8)) & 255);
const read = async (path) => new Uint8Array(await client.api(path).responseType(ResponseType.ARRAYBUFFER).get());

test("content up and down", async () => {
  const made = await client.api("/me/drive/root:/Charts/North Sea/tides.txt:/content").put("high water at six");
  assert.equal(made.size, 17);
  assert.equal(new TextDecoder().decode(await read(`/me/drive/items/${made.id}/content`)), "high water at six");
  const over = await client.api(`/me/drive/items/${made.id}/content`).put("high water at seven");
  assert.equal(over.id, made.id);
  assert.notEqual(over.cTag, made.cTag);
  const stream = await client.api(`/me/drive/items/${made.id}/content`).getStream();
  let text = "";
  for await (const part of stream) text += new TextDecoder().decode(part);
  assert.equal(text, "high water at seven");
  await assert.rejects(client.api("/me/drive/root:/Charts/none.txt").get(), (err) => err instanceof GraphError && err.statusCode === 404 && err.code === "itemNotFound");
});

test("OneDriveLargeFileUploadTask", async () => {
  const content = bytes(3 * slice + 7);
  const ranges = [];
  const options = {
    path: "/Surveys", fileName: "bank.bin", rangeSize: slice,
    uploadEventHandlers: { progress: (range) => ranges.push([range.minValue, range.maxValue]) },
  };
  const task = await OneDriveLargeFileUploadTask.create(client, content, options);
  const { responseBody: item } = await task.upload();
  assert.deepEqual(ranges, [[0, slice - 1], [slice, 2 * slice - 1], [2 * slice, 3 * slice - 1], [3 * slice, 3 * slice + 6]]);
  assert.deepEqual([item.name, item.size, Boolean(item.file.hashes.quickXorHash)], ["bank.bin", content.length, true]);
  assert.deepEqual(await read(`/me/drive/items/${item.id}/content`), content);
  const again = await OneDriveLargeFileUploadTask.create(client, content, options); // its default is rename
  assert.equal((await again.upload()).responseBody.name, "bank 1.bin");
  const over = await OneDriveLargeFileUploadTask.create(client, content.slice(0, 9), { ...options, conflictBehavior: "replace" });
  const { responseBody: replaced } = await over.upload();
  assert.deepEqual([replaced.id, replaced.size], [item.id, 9]);
  const refused = (err) => err instanceof GraphError && err.statusCode === 409 && err.code === "nameAlreadyExists";
  await assert.rejects(OneDriveLargeFileUploadTask.create(client, content, { ...options, conflictBehavior: "fail" }), refused);
});

test("LargeFileUploadTask is interrupted and goes on", async () => {
  const content = bytes(2 * slice + 100);
  const session = await LargeFileUploadTask.createUploadSession(client, "/me/drive/root:/Surveys/wreck.bin:/createUploadSession", {});
  const task = new LargeFileUploadTask(client, new FileUpload(content, "wreck.bin", content.length), session, { rangeSize: slice });
  const first = new Range(0, slice - 1);
  await task.uploadSlice(content.slice(0, slice), first, content.length);
  await assert.rejects(task.uploadSlice(content.slice(0, slice), first, content.length), (err) => err.statusCode === 416);
  await assert.rejects(client.api("/me/drive/root:/Surveys/wreck.bin").get(), (err) => err.statusCode === 404);
  assert.deepEqual((await task.getStatus()).nextExpectedRanges.map((r) => parseInt(r, 10)), [slice]);
  const { responseBody: item } = await task.resume();
  assert.deepEqual(await read(`/me/drive/items/${item.id}/content`), content);
});

test("a task of a stream, and one that is cancelled", async () => {
  const { Readable } = await import("node:stream");
  const content = bytes(slice + 5);
  const session = await LargeFileUploadTask.createUploadSession(client, "/me/drive/root:/Surveys/stream.bin:/createUploadSession", {});
  const parts = [content.slice(0, 1000), content.slice(1000)].map((p) => Buffer.from(p));
  const task = new LargeFileUploadTask(client, new StreamUpload(Readable.from(parts, { objectMode: false }), "stream.bin", content.length), session, { rangeSize: slice });
  assert.equal((await task.upload()).responseBody.size, content.length);
  const other = await OneDriveLargeFileUploadTask.create(client, content, { path: "/Surveys", fileName: "given up.bin", rangeSize: slice });
  await other.cancel();
  await assert.rejects(other.getStatus(), (err) => err.statusCode === 404);
  await assert.rejects(client.api("/me/drive/root:/Surveys/given up.bin").get(), (err) => err.statusCode === 404);
});

test("children and delta", async () => {
  const folder = await client.api("/me/drive/root/children").post({ name: "Log", folder: {}, "@microsoft.graph.conflictBehavior": "fail" });
  for (let i = 0; i < 7; i++) await client.api(`/me/drive/items/${folder.id}:/day ${i}.txt:/content`).put(`calm ${i}`);
  const names = [];
  await new PageIterator(client, await client.api(`/me/drive/items/${folder.id}/children`).top(3).get(), (item) => names.push(item.name)).iterate();
  assert.deepEqual(names, Array.from({ length: 7 }, (_, i) => `day ${i}.txt`));
  const round = async (link) => {
    const items = [];
    const pages = new PageIterator(client, await client.api(link).get(), (item) => items.push(item));
    await pages.iterate();
    return { items, link: pages.getDeltaLink() };
  };
  const all = await round("/me/drive/root/delta");
  const known = new Map(all.items.map((item) => [item.id, item]));
  assert.ok(all.items[0].root && known.has(folder.id));
  for (const item of all.items.slice(1)) assert.ok(known.has(item.parentReference.id), `the folder of ${item.name}`);
  const [day0, day1] = ["day 0.txt", "day 1.txt"].map((name) => all.items.find((item) => item.name === name));
  await client.api(`/me/drive/items/${day0.id}`).patch({ name: "first day.txt" });
  await client.api(`/me/drive/items/${day1.id}`).delete();
  const { items } = await round(all.link);
  assert.deepEqual(items.filter((item) => item.file).map((item) => item.deleted ? [item.id, item.deleted.state] : [item.id, item.name]).sort(),
    [[day0.id, "first day.txt"], [day1.id, "deleted"]].sort());
});

test("copy, with its monitor", async () => {
  await client.api("/me/drive/root:/Copies/source.txt:/content").put("once");
  const answer = await client.api("/me/drive/root:/Copies/source.txt:/copy").responseType(ResponseType.RAW).post({ name: "target.txt" });
  assert.equal(answer.status, 202);
  const job = await (await fetch(answer.headers.get("Location"))).json(); // no token
  assert.equal(job.status, "completed");
  assert.equal((await client.api(`/me/drive/items/${job.resourceId}`).get()).name, "target.txt");
});
