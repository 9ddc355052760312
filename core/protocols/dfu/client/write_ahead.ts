import { throwIfAborted } from "../../../common/clock.ts";
import { isKind } from "../../../common/errors.ts";
import { byteSize, hex } from "../../../common/format.ts";
import { text, type Words } from "../../../common/text.ts";
import type { DfuClient, SentAhead } from "./dfu_client.ts";
import type { Block } from "./dfuse_write_plan.ts";

/** Deadline of one block: 4 KiB take up to 0.1 s (dfu-dfuse.md B7). */
export const WRITE_MS = 5000;
/** Most blocks that are under way together, with three requests each. */
const BLOCKS_TOGETHER = 4;

/** Follows the writing of blocks. */
export interface BlockVisitor {
  /** Called before unbrick waits for this block: an error after it belongs to this block. */
  before?(block: Block): void;
  /** Called when the device has written the block. */
  after?(block: Block): void;
}

/** Completes "the camera could not …". */
export function writing({ address, bytes }: Block): Words {
  return text`write ${byteSize(bytes.length)} at ${hex(address)}`;
}

/**
 * Sends blocks from dfuDNLOAD-IDLE without waiting for the one before, and takes those out of `left`
 * that are written. It stops at the first block with which the device does not do what is expected, and
 * at the first without a number. A block whose DNLOAD was refused stays, unless the device has begun to
 * write it: so says the GETSTATUS behind it if the block before was done (dfu-dfuse.md F4).
 * @param left the blocks, in the order in which they are sent
 * @param numberOf returns the wValue of a block; undefined if the pointer must be set first
 * @returns false if the device refused a request, sent a short answer, or answered while it was busy
 * @throws UnbrickError as DfuClient.finish, once nothing is under way any more.
 */
export async function writeAhead(
  dfu: DfuClient,
  left: Set<Block>,
  numberOf: (block: Block) => number | undefined,
  { before, after }: BlockVisitor,
  signal?: AbortSignal,
): Promise<boolean> {
  const blocks = [...left];
  const done = (block: Block) => {
    left.delete(block);
    after?.(block);
  };
  const underWay: { readonly block: Block; readonly sent: Promise<SentAhead> }[] = [];
  const unfinished: Block[] = [];
  const hung = new AbortController();
  let isAsExpected = true, isIdle = true, pollMs = 0;
  try {
    for (let next = 0;;) {
      while (isAsExpected && underWay.length < BLOCKS_TOGETHER && next < blocks.length) {
        const block = blocks[next], wBlockNum = numberOf(block);
        if (wBlockNum === undefined) break;
        if (signal) throwIfAborted(signal);
        const deadlineMs = WRITE_MS * (underWay.length + 1);
        const pending = { what: () => writing(block), deadlineMs };
        const sent = dfu.sendAhead(wBlockNum, block.bytes, pending, hung.signal);
        sent.catch(() => {}); // it is awaited below, perhaps after others
        underWay.push({ block, sent });
        next++;
      }
      const oldest = underWay.shift();
      if (!oldest) break;
      const { block, sent } = oldest;
      before?.(block);
      const { wasAccepted, wasDone: [first, second], bwPollTimeout } = await sent;
      const hasBegun = wasAccepted || isIdle && first === false;
      isIdle = second === true;
      isAsExpected &&= wasAccepted && isIdle;
      pollMs = Math.max(pollMs, bwPollTimeout);
      if (hasBegun && isIdle) done(block);
      else if (hasBegun) unfinished.push(block);
    }
  } catch (error) {
    if (isKind(error, "timeout")) hung.abort(); // what is behind it would only end later
    throw error;
  } finally {
    await Promise.allSettled(underWay.map(({ sent }) => sent));
  }
  if (isAsExpected) return true;
  const [block] = [...unfinished, ...left, ...blocks];
  before?.(block);
  // A device that refuses GETSTATUS while it is busy is not asked before it can be done.
  if (unfinished.length > 0) await dfu.clock.sleep(Math.min(pollMs, WRITE_MS));
  await dfu.finish({ what: () => writing(block), deadlineMs: WRITE_MS });
  unfinished.forEach(done);
  return false;
}
