import fc from "fast-check";
import assert from "node:assert/strict";
import { UnbrickError } from "../../core/common/errors.ts";
import { boardImages } from "../../core/image/board_images.ts";
import { loadImage } from "../../core/image/load.ts";
import { subjects } from "../faults/subjects.ts";
import { nearly } from "./mutate.ts";

/**
 * A plan is made or refused from images alone, without a device. Whatever the files contain,
 * it throws only UnbrickErrors.
 */
const planned = subjects.filter(({ id }) => /\.(restore|flash)$/.test(id));

for (const { id, family, board, job, options, images } of planned) {
  Deno.test(`${id}: a plan is made from damaged images, or they are refused`, () => {
    const roles = images.all.map(({ role }) => role);
    const damage = fc.constantFrom(...roles).chain((role) =>
      fc.tuple(fc.constant(role), nearly([images.get(role)!.bytes]))
    );
    fc.assert(fc.property(damage, ([role, bytes]) => {
      try {
        const other = loadImage(bytes, { ...images.get(role)!, role });
        const set = boardImages("fuzz", images.all.map((one) => one.role === role ? other : one));
        const { steps } = family.plan(job, board, set, options);
        assert.ok(steps.length > 0);
      } catch (error) {
        if (!(error instanceof UnbrickError)) throw error;
        assert.notEqual(error.kind, "bug", error.message);
      }
    }));
  });
}
