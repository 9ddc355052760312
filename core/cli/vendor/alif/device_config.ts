import * as z from "../../../image/schema.ts";
import { struct, u32 } from "../../../common/struct.ts";
import { concat } from "../../../protocols/alif_isp/packets/bytes.ts";
import { badImage } from "../../../image/bad_image.ts";
import { parseJson } from "./json.ts";

/**
 * Compiles a device configuration like the AE3's: only crystals (alif-isp.md C.7). What the SE
 * Tools compile beyond that (firewall, pins, clocks) is accepted only in compiled form.
 */

const empty = z.array(z.unknown()).check(
  z.maxLength(0, "only an empty list can be compiled here"),
);
const schema = z.strictObject({
  metadata: z.optional(z.looseObject({
    external_clock_sources: z._default(
      z.array(z.strictObject({
        id: z.enum(["OSC_HFXO", "OSC_LFXO"]),
        enabled: z.optional(z.boolean()),
        frequency: z.optional(z.number()),
      })),
      [],
    ),
  })),
  firewall: z.optional(z.looseObject({ firewall_components: empty })),
  pinmux: z.optional(empty),
  clocks: z.optional(z.strictObject({})),
  miscellaneous: z.optional(empty),
});

type Crystal = NonNullable<
  z.infer<typeof schema>["metadata"]
>["external_clock_sources"][number];

/** Kinds of section by their names in the JSON. */
const kinds = { metadata: 10, firewall: 5, pinmux: 1, clocks: 7, miscellaneous: 9 } as const;
const END = 0xFE00_0000;
/** A firewall without components. */
const EMPTY_FIREWALL = new Uint8Array(64);
const Word = struct("word of a device configuration", { word: u32 });
const Setting = struct("setting of a device configuration", { setting: u32, value: u32 });
/** Word of a setting: its number in the upper half, its length in words in the lower. */
const setting = (number: number) => number << 16 | 1;
/** Settings of the clock generator for a high-frequency crystal, by its frequency in hertz. */
const highFrequency: Readonly<Record<number, number>> = {
  38_400_000: 0x17D0_0000,
  32_000_000: 0x04B0_0000,
  25_000_000: 0x0600_0000,
  24_000_000: 0x0640_0000,
};
const lowFrequency: Readonly<Record<number, number>> = { 32_768: 32_768, 32_000: 32_000 };

/** Returns the compiled configuration, its sections in the order of the JSON. @throws `bad-image` */
export function compileDeviceConfig(text: string, path: string): Uint8Array {
  const config = parseJson(text, path, schema);
  const sections = Object.keys(config).map((name) => {
    const data = sectionData(name, config.metadata?.external_clock_sources ?? [], path);
    return concat(
      Word.encode({ word: kinds[name as keyof typeof kinds] << 24 | data.length }),
      data,
    );
  });
  return concat(...sections, Word.encode({ word: END }));
}

function sectionData(name: string, crystals: readonly Crystal[], path: string): Uint8Array {
  if (name === "firewall") return EMPTY_FIREWALL;
  if (name !== "metadata") return new Uint8Array();
  return concat(...crystals.flatMap((crystal) => crystalData(crystal, path)));
}

function crystalData({ id, enabled, frequency }: Crystal, path: string): Uint8Array[] {
  const [first, frequencies] = id === "OSC_HFXO" ? [0, highFrequency] : [2, lowFrequency];
  const parts: Uint8Array[] = [];
  if (enabled !== undefined) {
    parts.push(Setting.encode({ setting: setting(first), value: enabled ? 1 : 0 }));
  }
  if (frequency === undefined) return parts;
  const value = frequencies[frequency];
  if (value === undefined) throw badImage(path, `${id} cannot have ${frequency} Hz`);
  return [...parts, Setting.encode({ setting: setting(first + 1), value })];
}
