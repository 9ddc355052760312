import assert from "node:assert/strict";
import { UnbrickError } from "../core/common/errors.ts";
import { hex } from "../core/common/format.ts";
import type { JobOptions, Plan } from "../core/family/family.ts";
import { boardImages } from "../core/image/board_images.ts";
import type { BoardImages } from "../core/image/image.ts";
import { bundledImages, planOf, supporting, variants } from "./support/plan/all_plans.ts";

/** What the plans of all boards have in common. */

Deno.test("a range of addresses is read alone, a region by its name, and another name is refused", () => {
  for (const one of supporting("read")) {
    const { board } = one;
    const reads = (options: JobOptions) =>
      planOf(one, "read", options).steps.filter(({ id }) => /^read\b/.test(id));
    const all = reads({});
    assert.ok(all.length > 0, board.id);
    for (const { id, weight } of all.filter(({ id }) => id !== "read")) {
      const [one, ...more] = reads({ region: id.slice("read-".length).toUpperCase() });
      assert.deepEqual([one.id, one.weight, more.length], [id, weight, 0], board.id);
    }
    assert.throws(() => reads({ region: "no such region" }), (error) => {
      assert.ok(error instanceof UnbrickError && error.kind === "usage", `${board.id}: ${error}`);
      return true;
    });
    const place = board.regions?.find(({ role }) => role?.startsWith("firmware"));
    if (!place) continue;
    const [range, ...more] = reads({ address: place.address, length: 16 });
    assert.equal(more.length, 0);
    if (range.id !== "read") assert.equal(range.id, `read-${hex(place.address)}`);
    const [longer] = reads({ address: place.address, length: 32 });
    assert.ok(longer.weight > range.weight, `${board.id}: more bytes take longer`);
  }
});

Deno.test("without images nothing is written or compared, and the reason is that they are missing", () => {
  const none = boardImages("nowhere", []);
  for (const job of ["restore", "flash", "verify"] as const) {
    for (const one of supporting(job)) {
      assert.throws(
        () => planOf(one, job, {}, none),
        (error) => error instanceof UnbrickError && error.kind === "not-found",
        `${one.board.id} ${job}`,
      );
    }
  }
});

Deno.test("an image that is empty or a byte larger than its place is refused", () => {
  for (const job of ["restore", "flash"] as const) {
    for (const one of supporting(job)) {
      const { board } = one;
      const images = bundledImages(board);
      const written = planRoles(planOf(one, job, {}), images);
      for (const role of written) {
        const { size = 0x200_0000 } = board.regions?.find((region) => region.role === role) ?? {};
        for (const bytes of [new Uint8Array(), new Uint8Array(size + 1).fill(0xA5)]) {
          const wrong = images.all.map((one) => one.role === role ? { ...one, bytes } : one);
          assert.throws(
            () => planOf(one, job, {}, boardImages("wrong", wrong)),
            (error) => error instanceof UnbrickError && error.kind !== "bug",
            `${board.id} ${job} ${role} ${bytes.length}`,
          );
        }
      }
    }
  }
});

/** The roles of the images that a plan writes or compares. */
function planRoles({ steps }: Plan, images: BoardImages): string[] {
  const digests = new Set(steps.flatMap(({ targets = [] }) => targets.map(({ sha256 }) => sha256)));
  return images.all.filter(({ sha256 }) => digests.has(sha256)).map(({ role }) => role);
}

Deno.test("each plan has steps of its own names, each with a time, and says where it writes", () => {
  for (const [job, options] of variants) {
    for (const one of supporting(job)) {
      const { board } = one;
      const { steps } = planOf(one, job, options);
      const ids = steps.map(({ id }) => id);
      assert.equal(new Set(ids).size, ids.length, `${board.id} ${job}: ${ids.join()}`);
      for (const { id, weight, effect, targets = [], provenBy } of steps) {
        assert.ok(weight > 0 && Number.isFinite(weight), `${board.id} ${job} ${id}: ${weight}`);
        assert.ok(effect === "none" || targets.length > 0 || provenBy, `${board.id} ${id}`);
      }
      const writes = steps.some(({ effect }) => effect !== "none");
      assert.equal(writes, job === "restore" || job === "flash", `${board.id} ${job}`);
    }
  }
});
