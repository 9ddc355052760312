import type { Struct } from "../../../common/struct.ts";
import { isEqual } from "../../../common/bytes.ts";
import { concat, isZero, padded, sha256Bytes } from "../packets/bytes.ts";
import { CHAIN_SIZE, chainAt, isChainValid, rootOf } from "../packets/certificate_chain.ts";
import { Command, DATA_MARK, Get } from "../packets/command.ts";
import { Nak } from "../packets/error_code.ts";
import { MRAM_BASE, SYSTEM_BASE, TOC_ADDRESS } from "../packets/memory_map.ts";
import {
  CpuRecord,
  encodeTocInfoEntry,
  LifeCycle,
  LogBufferInfo,
  MRAM_END,
  MRAM_ENTRY,
  MramTablePayload,
  SesEnquiry,
  TOC_END,
  versionText,
} from "../packets/replies.ts";
import {
  BaudRate,
  BurnRequest,
  GetRequest,
  ReadRequest,
  SignedBurnRequest,
  VerifyRequest,
} from "../packets/requests.ts";
import type { ApplicationBoot } from "./application_boot.ts";
import type { Enclave } from "./contract.ts";
import { revisionPayload } from "./identity.ts";
import { BurnSession } from "./session.ts";
import type { SystemBoot } from "./system_boot.ts";
import { tocInfoRows } from "./toc_info.ts";

/** Rates that the UART supports. */
const LEAST_BAUD = 9_600, MOST_BAUD = 1_000_000;

/** The commands of the enclave's firmware (alif-isp.md B.3 to B.6, C.4, C.5). */
export class SesCommands {
  hasSpoken = false;
  #isOpen = false;
  readonly #burn: BurnSession;
  /** A certificate chain in transfer, and what it covers. */
  #chain: { readonly token: number; readonly parts: Uint8Array[] } | undefined;
  #vouched: { readonly token: number; readonly hash: Uint8Array } | undefined;

  constructor(
    private readonly enclave: Enclave,
    private readonly system: Extract<SystemBoot, { bank: number }>,
  ) {
    const { mram, traps } = enclave.options;
    this.#burn = new BurnSession(mram, (address) => traps?.lostLines?.includes(address) ?? false);
  }

  handle(command: number, payload: Uint8Array): void {
    const { enclave } = this;
    this.hasSpoken = true;
    switch (command) {
      case Command.START_ISP:
        this.#isOpen = true;
        return enclave.ack();
      case Command.STOP_ISP:
        this.#isOpen = false;
        return enclave.ack();
      case Command.RESET_DEVICE:
        enclave.ack();
        return enclave.reset();
    }
    if (!this.#isOpen) return enclave.nak(Nak.UNEXPECTED_COMMAND);
    switch (command) {
      case Command.ENQUIRY:
        return enclave.data(
          SesEnquiry.encode({
            error: 0,
            extendedError: 0,
            maintenance: enclave.isMaintenance ? 1 : 0,
          }),
        );
      case Command.GET:
        return this.#asked(GetRequest, payload, ({ object }) => this.#get(object));
      case Command.GET_BAUD_RATE:
        return enclave.data(BaudRate.encode({ baudRate: enclave.baudRate }));
      case Command.SET_BAUD_RATE:
        return this.#asked(BaudRate, payload, ({ baudRate }) => this.#setBaudRate(baudRate));
      case Command.SET_MAINTENANCE_FLAG:
        enclave.setMaintenanceFlag();
        return enclave.ack();
      case Command.MRAM_READ:
        return this.#asked(ReadRequest, payload, (line) => this.#read(line.offset, line.count));
      case Command.VERIFY_IMAGE:
        return this.#asked(VerifyRequest, payload, ({ token }) => {
          this.#chain = { token, parts: [] };
          this.#vouched = undefined;
          enclave.ack();
        });
      case Command.BURN_MRAM:
        return this.#beginBurn(payload);
      case Command.DOWNLOAD_DATA:
        return this.#download(payload);
      case Command.DOWNLOAD_DONE:
        return this.#complete();
    }
    enclave.nak(Nak.UNKNOWN_COMMAND);
  }

  #asked<T>(layout: Struct<T, never>, payload: Uint8Array, answer: (request: T) => void): void {
    const request = layout.tryDecode(payload);
    if (request === undefined) this.enclave.nak(Nak.BAD_PACKET_SIZE);
    else answer(request);
  }

  #setBaudRate(baudRate: number): void {
    if (baudRate < LEAST_BAUD || baudRate > MOST_BAUD) return this.enclave.nak(Nak.NOT_ALLOWED);
    this.enclave.ack();
    this.enclave.setBaudRate(baudRate);
  }

  #read(offset: number, count: number): void {
    const { enclave } = this;
    const { lifeCycle, mram, traps } = enclave.options;
    if (traps?.noReadBack || lifeCycle === LifeCycle.SE) return enclave.nak(Nak.NOT_ALLOWED);
    if (count !== 16) return enclave.nak(Nak.BAD_PACKET_SIZE);
    if (offset % 16 !== 0) return enclave.nak(Nak.MRAM_OFFSET_MISALIGNED);
    if (offset + 16 > SYSTEM_BASE - MRAM_BASE) return enclave.nak(Nak.ILLEGAL_ADDRESS);
    enclave.data(mram.read(MRAM_BASE + offset, 16));
  }

  #beginBurn(payload: Uint8Array): void {
    if (payload.length !== BurnRequest.size && payload.length !== SignedBurnRequest.size) {
      return this.enclave.nak(Nak.BAD_PACKET_SIZE);
    }
    const { address, size } = BurnRequest.decode(payload);
    const token = SignedBurnRequest.tryDecode(payload)?.token;
    const vouched = this.#vouched;
    if (token !== undefined && token !== vouched?.token) {
      return this.enclave.nak(Nak.BAD_AUTH_TOKEN);
    }
    this.#chain = undefined;
    const hash = token === undefined ? undefined : vouched?.hash;
    this.#answer(this.#burn.begin(address, size, hash));
  }

  #download(payload: Uint8Array): void {
    const isMarked = DATA_MARK.every((byte, at) => payload[at] === byte);
    if (!isMarked || payload.length < 3) return this.enclave.nak(Nak.BAD_PACKET_SIZE);
    const bytes = payload.subarray(2);
    if (this.#chain) {
      this.#chain.parts.push(bytes.slice());
      return this.enclave.ack();
    }
    this.#answer(this.#burn.add(bytes));
  }

  #complete(): void {
    if (this.#chain) return this.#answer(this.#verify(this.#chain));
    const done = this.#burn.complete();
    if (typeof done === "number") return this.enclave.nak(done);
    if (done.hash && !isEqual(done.hash, sha256Bytes(done.image))) {
      return this.enclave.nak(Nak.IMAGE_VERIFICATION_FAILED);
    }
    if (done.hash) this.enclave.options.codeKey.learn(done.image);
    this.enclave.ack();
  }

  /** @returns an error code, or undefined if the chain belongs to the chip's root key. */
  #verify({ token, parts }: { token: number; parts: Uint8Array[] }): number | undefined {
    this.#chain = undefined;
    const bytes = concat(...parts);
    const chain = bytes.length === CHAIN_SIZE ? chainAt(bytes, 0) : undefined;
    const root = chain && rootOf(chain);
    const { hbk0 } = this.enclave.options;
    const isTrusted = root && (isZero(hbk0) || isEqual(root, hbk0)) && isChainValid(chain);
    if (!isTrusted) return Nak.IMAGE_AUTHENTICATION_FAILED;
    this.#vouched = { token, hash: chain.content.hash.slice() };
    return undefined;
  }

  #answer(error: number | undefined): void {
    if (error === undefined) this.enclave.ack();
    else this.enclave.nak(error);
  }

  #get(object: number): void {
    const { enclave } = this;
    switch (object) {
      case Get.REVISION:
        return enclave.data(revisionPayload(enclave.options));
      case Get.BANNER:
        return enclave.data(concat(padded(this.#banner, this.#banner.length), Uint8Array.of(0)));
      case Get.TOC_INFO:
        return this.#tocInfo();
      case Get.MRAM_CONTENTS:
        return this.#mramContents();
      case Get.CPU_STATUS:
        return enclave.data(this.#cpuStatus());
      case Get.LOG_BUFFER_INFO:
        return enclave.data(LogBufferInfo.encode({ length: 0 }));
    }
    enclave.nak(Nak.UNKNOWN_GET_OBJECT);
  }

  get #banner(): string {
    return `SES B4 v${versionText(this.system.version)} Jan 01 2026 00:00:00`;
  }

  #tocInfo(): void {
    for (const row of tocInfoRows(this.system, this.#application)) {
      this.enclave.data(encodeTocInfoEntry(row));
    }
    this.enclave.data(Uint8Array.of(TOC_END));
  }

  get #application(): ApplicationBoot | undefined {
    const { state } = this.enclave;
    return state?.kind === "SES" ? state.application : undefined;
  }

  #mramContents(): void {
    const line = (address: number, type: number, magic: string, entries: number) =>
      this.enclave.data(MramTablePayload.encode({
        ...{ kind: MRAM_ENTRY, address, type, magic, entries },
        ...{ headerSize: 32, entrySize: 32, version: 1 },
      }));
    line(SYSTEM_BASE, 0, "ALIFTOC1", this.system.table.entries.length);
    const application = this.#application;
    if (application && "entries" in application && application.entries.length > 0) {
      line(TOC_ADDRESS, 1, "OEMTOC01", application.entries.length);
    }
    this.enclave.data(Uint8Array.of(MRAM_END));
  }

  #cpuStatus(): Uint8Array {
    const application = this.#application;
    const runs = application && "started" in application && application.started.length > 0;
    const records = Array.from({ length: 7 }, (_, cpu) => {
      const isBooted = runs === true && cpu === 2;
      const [booted, bootAddress] = isBooted ? [1, MRAM_BASE] : [0, 0];
      return CpuRecord.encode({ cpu, booted, bootAddress });
    });
    return concat(...records);
  }
}
