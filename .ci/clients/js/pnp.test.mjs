// @pnp/graph: queries, paging, batch, errors, delta.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { BrowserFetchWithRetry, DefaultParse, HttpRequestError, InjectHeaders } from "@pnp/queryable";
import { ConsistencyLevel, DefaultHeaders, DefaultInit, GraphCollection, graphDelete, graphfi, graphPatch, graphPost, Paged } from "@pnp/graph";
import "@pnp/graph/batching.js";
import "@pnp/graph/groups/index.js";
import { GroupType } from "@pnp/graph/groups/types.js";
import "@pnp/graph/members/index.js";
import "@pnp/graph/users/index.js";
import { start, token, user } from "./emulator.mjs";

let emulator, graph;

before(async () => {
  emulator = await start();
  graph = graphfi().using(DefaultInit(emulator.url + "/v1.0"), DefaultHeaders(), BrowserFetchWithRetry(), DefaultParse(),
    InjectHeaders({ Authorization: `Bearer ${token()}` }));
  for (let i = 0; i < 12; i++) await graphPost(graph.users, body(user(`Mate${String(i).padStart(2, "0")}`)));
});
after(() => emulator.stop());

const body = (value) => ({ body: JSON.stringify(value) });
const mates = () => graph.users.filter("startswith(displayName,'Mate')").select("id", "displayName");

test("queries", async () => {
  assert.ok((await graph.me()).id);
  const sorted = graph.users.orderBy("displayName", false).filter("startswith(displayName,'Mate')").top(3).using(ConsistencyLevel());
  sorted.query.set("$count", "true");
  const some = await sorted();
  assert.deepEqual(some.map((u) => u.displayName), ["Mate11", "Mate10", "Mate09"]);
  const found = await graph.users.search('"displayName:Mate05"')();
  assert.deepEqual(found.map((u) => u.displayName), ["Mate05"]);
});

test("writes", async () => {
  const made = await graph.groups.add("Day Watch", "daywatch", GroupType.Security);
  const group = graph.groups.getById(made.id);
  const mate = await graph.users.getById("mate01@northgale.test")();
  await group.members.add(`https://graph.microsoft.com/v1.0/directoryObjects/${mate.id}`);
  assert.deepEqual((await group.members()).map((m) => m.id), [mate.id]);
  await graphPatch(graph.users.getById(mate.id), body({ jobTitle: "Mate" }));
  assert.equal((await graph.users.getById(mate.id)()).jobTitle, "Mate");
  await graphDelete(group);
  await assert.rejects(group(), (err) => err instanceof HttpRequestError && err.status === 404);
});

test("paging", async () => {
  const seen = [];
  for await (const page of mates().top(5)) seen.push(page.map((u) => u.displayName));
  assert.deepEqual(seen.map((page) => page.length), [5, 5, 2]);
  assert.equal(new Set(seen.flat()).size, 12);
  const counted = GraphCollection(mates().top(4)).using(Paged(true), InjectHeaders({ ConsistencyLevel: "eventual" }));
  for (const [k, v] of [["$count", "true"], ["$filter", "startswith(displayName,'Mate')"], ["$top", "4"]]) counted.query.set(k, v);
  const page = await counted();
  assert.equal(page.count, 12);
  assert.ok(page.hasNext);
});

test("batch", async () => {
  const [batched, execute] = graph.batched();
  const got = {};
  batched.me().then((me) => { got.me = me; });
  batched.users.getById("mate02@northgale.test")().then((u) => { got.mate = u; });
  batched.users.getById("nobody@northgale.test")().catch((err) => { got.failed = err; });
  await execute();
  assert.ok(got.me.id);
  assert.equal(got.mate.displayName, "Mate02");
  assert.equal(got.failed.status, 404);
});

test("delta", async () => {
  const read = (base) => GraphCollection(base).using(Paged())();
  const rounds = async (page) => {
    const members = [...page.value];
    while (page.hasNext) {
      page = await read([graph.users, page.nextLink]);
      members.push(...page.value);
    }
    return { members, next: () => read([graph.users, page.deltaLink]).then(rounds) };
  };
  const all = await rounds(await read(graph.users.concat("/delta")));
  assert.ok(all.members.length >= 12);
  const mate = all.members.find((u) => u.displayName === "Mate03");
  await graphPatch(graph.users.getById(mate.id), body({ jobTitle: "First mate" }));
  const changed = await all.next();
  assert.deepEqual(changed.members.map((u) => [u.id, u.jobTitle]), [[mate.id, "First mate"]]);
  await graphDelete(graph.users.getById(mate.id));
  const gone = await changed.next();
  assert.deepEqual(gone.members.map((u) => [u.id, Boolean(u["@removed"])]), [[mate.id, true]]);
});

test("an option that cannot be honoured is refused by name", async () => {
  await assert.rejects(graph.users.filter("nosuch eq 'x'")(), (err) => err instanceof HttpRequestError && err.status === 400 && /nosuch/.test(err.message));
});
