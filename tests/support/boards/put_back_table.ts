import { UnbrickError } from "../../../core/common/errors.ts";
import { hex } from "../../../core/common/format.ts";
import { boardImages } from "../../../core/image/board_images.ts";
import type { Region } from "../../../core/image/backup.ts";
import { loadImage } from "../../../core/image/load.ts";
import { bundledImages, type KnownBoard, planOf } from "../plan/all_plans.ts";
import { stepLine } from "./plan_lines.ts";

/** The regions of a backup, and the roles of those that contain programs. */
export interface BackedUp {
  readonly regions: readonly Region[];
  readonly programs: Readonly<Record<string, string>>;
}

/** What may differ between the region of a backup and that of today's board. */
const changes: Readonly<Record<string, (region: Region) => Region>> = {
  "with another address": (region) => ({ ...region, address: region.address + 0x1000 }),
  "with another size": (region) => ({ ...region, size: region.size - 0x1000 }),
  "in another memory": (region) => ({ ...region, memory: "elsewhere" }),
  "with another name": (region) => ({ ...region, name: `old-${region.name}` }),
};

export const putBackName = ({ board }: KnownBoard) => `${board.id} put-back`;

/**
 * Returns the plan that writes a whole backup, and for each region what is written if its place has
 * changed, if its program is damaged, and if it alone is wanted.
 */
export function putBackLines(one: KnownBoard, { regions, programs }: BackedUp): string {
  const plan = (given: readonly Region[], isNamed = false, damaged?: string) => {
    const images = given.map(({ name }) => {
      const program = bundledImages(one.board).get(programs[name])?.bytes;
      const bytes = program && name !== damaged ? program : new Uint8Array(4096).fill(0xA5);
      return loadImage(bytes, { role: name, name: `${name}.bin`, source: "backup" });
    });
    const putBack = { regions: given, camera: [], isNamed };
    return planOf(one, "put-back", { putBack }, boardImages("a backup", images)).steps;
  };
  const line = (what: string, make: () => ReturnType<typeof plan>) => {
    try {
      return `  ${what}: ${make().map(({ id }) => id).join(", ")}`;
    } catch (error) {
      if (!(error instanceof UnbrickError)) throw error;
      return `  ${what}: refused, ${error.kind}`;
    }
  };
  return [
    putBackName(one),
    ...regions.map(({ name, memory, address, size }) =>
      `  ${name} in ${memory} ${hex(address)}+${size}`
    ),
    ...plan(regions).map(stepLine),
    ...regions.flatMap((region) => [
      line(`only ${region.name}`, () => plan([region], true)),
      ...(programs[region.name]
        ? [
          line(`damaged ${region.name}`, () => plan(regions, false, region.name)),
          line(`only damaged ${region.name}`, () => plan([region], true, region.name)),
        ]
        : []),
      ...Object.entries(changes).map(([what, change]) =>
        line(
          `${region.name} ${what}`,
          () => plan(regions.map((each) => each === region ? change(each) : each)),
        )
      ),
    ]),
  ].join("\n");
}
