import { createPrivateKey } from "node:crypto";
import { bigEndian } from "../../../core/protocols/alif_isp/packets/signature.ts";
import type { SampleKey } from "../../../core/protocols/alif_isp/model/sample/keys.ts";

/** Returns a key in the format of the SE Tools: PEM, PKCS #8. */
export function pemOf({ p, q }: SampleKey): string {
  const e = 65_537n, lambda = (p - 1n) * (q - 1n);
  const inverse = (value: bigint, modulus: bigint) => {
    let [a, b, x, y] = [value % modulus, modulus, 1n, 0n];
    while (b > 0n) [a, b, x, y] = [b, a % b, y, x - a / b * y];
    return (x + modulus) % modulus;
  };
  const d = inverse(e, lambda);
  const part = (value: bigint, size: number) =>
    bigEndian(value, size).toBase64({ alphabet: "base64url", omitPadding: true });
  const key = createPrivateKey({
    format: "jwk",
    key: {
      kty: "RSA",
      n: part(p * q, 384),
      e: "AQAB",
      d: part(d, 384),
      p: part(p, 192),
      q: part(q, 192),
      dp: part(d % (p - 1n), 192),
      dq: part(d % (q - 1n), 192),
      qi: part(inverse(q, p), 192),
    },
  });
  return key.export({ format: "pem", type: "pkcs8" }) as string;
}
