import assert from "node:assert/strict";
import { EntryFlag, EntryType, NO_CPU } from "../../core/protocols/alif_isp/packets/atoc.ts";
import { tocInfoRows } from "../../core/protocols/alif_isp/model/toc_info.ts";
import {
  bannerVersion,
  encodeTocInfoEntry,
  parseTocInfoEntry,
} from "../../core/protocols/alif_isp/packets/replies.ts";

/** What a real E8 with SES 1.110 sent (real-devices.md 6; alplabai/alp-sdk). */

Deno.test("the banners of real enclaves are read (6.1)", () => {
  const banners = {
    "SES A1 v1.110.0 Mar  4 2026 19:06:23": "1.110.0",
    "SES A0 v1.106.2 Jul 14 2025": "1.106.2",
    "SES B4 v1.102.0 Nov  8 2024 17:52:19": "1.102.0",
  };
  for (const [banner, version] of Object.entries(banners)) {
    assert.equal(bannerVersion(banner), version);
  }
});

const NO = 0;
/** Name, CPU, store, object, load, boot, bytes, flags of each row, in the chip's order (6.2). */
const rows = [
  ["DEVICE", NO_CPU, 0x8057C6F0, 0x8057BCF0, NO, NO, 312, "u V"],
  ["DEVICE", NO_CPU, 0x805C1EC0, 0x805C14C0, NO, NO, 372, "u V"],
  ["* SERAM0", NO_CPU, NO, 0xC0, NO, NO, 64508, "u s"],
  ["SERAM1", NO_CPU, NO, 0x20AC0, NO, NO, 64508, ""],
  ["BOOTLOAD", 0, 0x80002000, 0x8057A8F0, NO, 0x80002000, 28816, "u VB"],
  ["A32_APP", 0, 0x80020000, 0x8057B2F0, NO, NO, 2290048, "u V"],
  ["HP_APP", 2, 0x8057D230, 0x8057C830, 0x50000000, 0x50000000, 4480, "uLVB"],
  ["HE_APP", 3, 0x8057EDB0, 0x8057E3B0, 0x58000000, 0x58000000, 4480, "uLVB"],
] as const;

Deno.test("the rows of a real TOC_INFO are read, the star as the copy that runs (6.2)", () => {
  for (
    const [shown, cpu, storeAddress, objectAddress, loadAddress, bootAddress, size, flags] of rows
  ) {
    const isRunning = shown.startsWith("* ");
    const name = shown.replace("* ", "");
    const row = {
      ...{ name, isRunning, cpu, storeAddress, objectAddress, loadAddress, bootAddress },
      ...{ size, version: 0x016E_0000, flags },
    };
    const payload = encodeTocInfoEntry(row);
    assert.equal(new TextDecoder().decode(payload.subarray(1, 9)).replace(/\0+$/, ""), shown);
    assert.deepEqual(parseTocInfoEntry(payload), row);
  }
});

Deno.test("a model with the table of that E8 sends the same rows in the same order (6.2)", () => {
  const version = 0x016E_0000;
  const bank = (name: string, at: number) => ({
    ...{ name, tableAddress: at, objectAddress: 0x8058_0000 + at, length: 64508, version },
  });
  const system = {
    bank: 0,
    version,
    table: {
      entries: [
        bank("SERAM0", 0xC0),
        bank("SERAM1", 0x20AC0),
        { ...bank("DEVICE", 0), tableAddress: 0x805C14C0, objectAddress: 0x805C14C0, length: 372 },
      ],
    },
  } as unknown as Parameters<typeof tocInfoRows>[0];
  /** The table of the application lists its configuration first; loaded ones as the enclave sees RAM. */
  const entry = (row: typeof rows[number]) => {
    const [name, cpu, storeAddress, objectAddress, load, , length, letters] = row;
    const flags = (letters.includes("L") ? EntryFlag.LOAD : 0) |
      (letters.includes("B") ? EntryFlag.BOOT : 0);
    const distance = load === 0x50000000 ? 0x4400_0000 : 0x4000_0000;
    const content = { storeAddress, loadAddress: load === 0 ? 0xFFFFFFFF : load + distance };
    const type = cpu === NO_CPU ? EntryType.DEVICE_CONFIG : EntryType.IMAGE;
    return { name, cpu, objectAddress, length, version, flags, type, chain: { content } };
  };
  const application = [rows[0], ...rows.slice(4)];
  const sent = tocInfoRows(
    system,
    {
      started: application.filter((row) => row[7].includes("B")).map(([name]) => name),
      entries: application.map(entry),
    } as unknown as Parameters<typeof tocInfoRows>[1],
  );
  assert.deepEqual(
    sent.map((row) => [
      row.isRunning ? `* ${row.name}` : row.name,
      ...[row.cpu, row.storeAddress, row.objectAddress, row.loadAddress, row.bootAddress],
      ...[row.size, row.flags],
    ]),
    rows.map((row) => [...row]),
  );
});
