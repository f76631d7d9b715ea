// @microsoft/microsoft-graph-client: queries, paging, batch, errors, delta.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import graphClient from "@microsoft/microsoft-graph-client";
import { start, token, user } from "./emulator.mjs";

const { BatchRequestContent, BatchResponseContent, Client, GraphError, PageIterator } = graphClient;
let emulator, client;

before(async () => {
  emulator = await start();
  client = Client.init({
    baseUrl: emulator.url + "/",
    customHosts: new Set([new URL(emulator.url).hostname]),
    authProvider: (done) => done(null, token()),
  });
  for (let i = 0; i < 25; i++) {
    await client.api("/users").post(user(`Hand${String(i).padStart(2, "0")}`, { jobTitle: i % 5 ? "Deckhand" : "Pilot", department: `Pier ${i % 3}` }));
  }
});
after(() => emulator.stop());

test("queries", async () => {
  const me = await client.api("/me").select("id,displayName").get();
  assert.deepEqual(Object.keys(me).filter((k) => !k.startsWith("@")).sort(), ["displayName", "id"]);
  const pilots = await client.api("/users").filter("jobTitle eq 'Pilot' and startswith(displayName,'Hand')").select(["displayName", "jobTitle"])
    .header("ConsistencyLevel", "eventual").count(true).orderby("displayName desc").top(3).get();
  assert.equal(pilots["@odata.count"], 5);
  assert.deepEqual(pilots.value.map((u) => u.displayName), ["Hand20", "Hand15", "Hand10"]);
  const found = await client.api("/users").header("ConsistencyLevel", "eventual").search('"displayName:Hand07"').get();
  assert.deepEqual(found.value.map((u) => u.userPrincipalName), ["hand07@northgale.test"]);
  assert.equal(await client.api("/users/$count").header("ConsistencyLevel", "eventual").filter("startswith(displayName,'Hand')").get(), "25"); // text/plain
});

test("writes", async () => {
  const made = await client.api("/groups").post({ displayName: "Night Watch", mailEnabled: false, mailNickname: "nightwatch", securityEnabled: true });
  const hand = await client.api("/users/hand01@northgale.test").get();
  await client.api(`/groups/${made.id}/members/$ref`).post({ "@odata.id": `https://graph.microsoft.com/v1.0/directoryObjects/${hand.id}` });
  const expanded = await client.api(`/groups/${made.id}`).expand("members($select=id,displayName)").get();
  assert.deepEqual(expanded.members.map((m) => m.id), [hand.id]);
  await client.api(`/groups/${made.id}`).patch({ description: "Keeps the light" });
  assert.equal((await client.api(`/groups/${made.id}`).get()).description, "Keeps the light");
  await client.api(`/groups/${made.id}/members/${hand.id}/$ref`).delete();
  assert.deepEqual((await client.api(`/groups/${made.id}/members`).get()).value, []);
  await client.api(`/groups/${made.id}`).delete();
  await assert.rejects(client.api(`/groups/${made.id}`).get(), (err) => err instanceof GraphError && err.statusCode === 404 && err.code === "Request_ResourceNotFound");
});

test("an option that cannot be honoured is refused by name", async () => {
  await assert.rejects(client.api("/users").filter("nosuch eq 'x'").get(), (err) => {
    assert.equal(err.statusCode, 400);
    assert.match(err.message, /nosuch/);
    assert.ok(err.requestId);
    return true;
  });
});

test("paging", async () => {
  const seen = [];
  const first = await client.api("/users").filter("startswith(displayName,'Hand')").top(10).select("id,displayName").get();
  assert.equal(first.value.length, 10);
  await new PageIterator(client, first, (u) => seen.push(u.displayName)).iterate();
  assert.deepEqual([...new Set(seen)].sort(), Array.from({ length: 25 }, (_, i) => `Hand${String(i).padStart(2, "0")}`));
  assert.equal(seen.length, 25);
});

test("batch", async () => {
  // The client cuts the origin off and nothing else: the version must not stand in these.
  const json = (method, path, body) => new Request(`https://graph.microsoft.com${path}`, {
    method, body: body && JSON.stringify(body), headers: body ? { "Content-Type": "application/json" } : {},
  });
  const content = new BatchRequestContent([
    { id: "1", request: json("POST", "/users", user("Ferry")) },
    { id: "2", request: json("GET", "/users/ferry@northgale.test"), dependsOn: ["1"] },
    { id: "3", request: json("GET", "/users/nobody@northgale.test"), dependsOn: ["1"] },
    { id: "4", request: json("GET", "/me"), dependsOn: ["1"] },
  ]);
  const answers = new BatchResponseContent(await client.api("/$batch").post(await content.getContent()));
  assert.deepEqual(["1", "2", "3", "4"].map((id) => answers.getResponseById(id).status), [201, 200, 404, 200]);
  assert.equal((await answers.getResponseById("2").json()).displayName, "Ferry");
});

test("delta", async () => {
  const rounds = async (link) => {
    const members = [];
    for (;;) {
      const page = await client.api(link).get();
      members.push(...page.value);
      if (page["@odata.deltaLink"]) return { members, link: page["@odata.deltaLink"] };
      link = page["@odata.nextLink"];
      assert.ok(link, "a page has a next or a delta link");
    }
  };
  const all = await rounds("/users/delta?$select=displayName,jobTitle");
  assert.ok(all.members.length > 25);
  const idle = await rounds(all.link);
  assert.deepEqual(idle.members, []);
  const one = await client.api("/users/hand03@northgale.test").get();
  const two = await client.api("/users/hand04@northgale.test").get();
  await client.api(`/users/${one.id}`).patch({ jobTitle: "Bosun" });
  await client.api(`/users/${two.id}`).delete();
  const changed = await rounds(idle.link);
  const byId = Object.fromEntries(changed.members.map((m) => [m.id, m]));
  assert.deepEqual(Object.keys(byId).sort(), [one.id, two.id].sort());
  assert.equal(byId[one.id].jobTitle, "Bosun");
  assert.ok(byId[two.id]["@removed"]);
});

test("versions and preferences", async () => { // B-4.54, B-1.42, B-3.91
  const mail = await client.api("/me/messages").post({ subject: "Tides" });
  await client.api(`/me/messages/${mail.id}`).header("If-Match", mail["@odata.etag"]).patch({ subject: "Tide table" });
  await assert.rejects(client.api(`/me/messages/${mail.id}`).header("If-Match", mail["@odata.etag"]).patch({ subject: "Lost" }),
    (err) => err instanceof GraphError && err.statusCode === 412 && err.code === "ErrorIrresolvableConflict");
  const fixed = (await client.api(`/me/messages/${mail.id}`).header("Prefer", 'IdType="ImmutableId"').get()).id;
  const moved = await client.api(`/me/messages/${mail.id}/move`).post({ destinationId: "archive" });
  assert.notEqual(moved.id, mail.id);
  assert.equal((await client.api(`/me/messages/${fixed}`).get()).subject, "Tide table");
  const at = (dateTime, timeZone) => ({ dateTime, timeZone });
  const drill = await client.api("/me/events").post({ subject: "Drill", start: at("2026-11-22T09:00:00", "Europe/Oslo"), end: at("2026-11-22T10:00:00", "Europe/Oslo") });
  assert.deepEqual(drill.start, at("2026-11-22T08:00:00.0000000", "UTC"));
  const local = await client.api(`/me/events/${drill.id}`).header("Prefer", 'outlook.timezone="Europe/Oslo"').select("start").get();
  assert.deepEqual(local.start, at("2026-11-22T09:00:00.0000000", "Europe/Oslo"));
});

test("an expanded collection is paged", async () => { // B-3.33
  const names = ["a", "b", "c", "d", "e"];
  const box = await client.api("/drives").post({ name: "Hold", root: { name: "root", children: names.map((name) => ({ name, folder: {} })) } });
  const root = await client.api(`/drives/${box.id}/root`).expand("children($select=name;$top=2)").get();
  const seen = [];
  const page = { value: root.children, "@odata.nextLink": root["children@odata.nextLink"] };
  await new PageIterator(client, page, (item) => seen.push(item.name)).iterate();
  assert.deepEqual(seen, names);
});
