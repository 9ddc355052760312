/**
 * Two sample RSA-3072 key pairs for simulated cameras: one stands for Alif's production root, one
 * for its development root. They protect nothing; no real device trusts them.
 */

export interface SampleKey {
  readonly p: bigint;
  readonly q: bigint;
}

const key = (p: string, q: string): SampleKey => ({ p: BigInt(`0x${p}`), q: BigInt(`0x${q}`) });

export const sampleKeys = {
  production: key(
    "e75ab2feee53f181bab0c640bd8eb51302dc720a74ce2f45c4d20e566605392cbbd77bb066cecbfb920db21bcb123987" +
      "3b935619041f5297f93f3e4527f68b8f2cd0a78f5f252e0ffaaed3464e9009210bf161ca147e303a87bd65fdb158f9f7" +
      "8c0adc11ef44605543a30cf7b2a91cc5976a30449efe44dcd2ff76a637e5f8cc5bcdb41029ba7b67d524b7c1b2a89fc5" +
      "3e70b241439b41f3b131ba73f3036ad3f77667a6f6f83b8a838280c5dca3b05b0b271a0f10cc10321b169f88d22ac993",
    "ea45437461390feaa0ac9150354a65c471b4835c8b2f886d072a1dc65d8861f399e34dd8ed88107699fdde7e884b1b54" +
      "643548c925e5911bed8f6bb30720151cc90666e6d6840e121c241cd1c95814450762b39ae30f037f87f59bb8858bb67c" +
      "b46e181e246e0a526bf6206fdf53e883c0a5a617ea1436327e4c6e840539ced53de334ceecebb99304583d470ed688a6" +
      "41f31944938a78e471c24ecacb179685220c22e9ac7487771eb1d836884d2ff9dad2e0f2acc88f2af39e8ac5f11d9d2b",
  ),
  development: key(
    "ccdda8913e09d65fa495235964a7c779d645e0f0e82fea57df6b3939ee6e6c4e972c85de5ee44295952b7ec6889b2e80" +
      "48ef23e5b121680d1674a420908b54ae93076f9d423fc188a9bc0144d851dc9564ee738f30fba512b74490a42143f870" +
      "bf4664bb8471d0be021c6fc11f288515e54e3134306a2f32f9e4cc8430317186ed3789219b6613bed85544e9918046ec" +
      "b6072f7ba46e52fe706da61251bcb8a7a5513532cb6064bf42bfb0cdce9657db1219b42f196f18f0f6a7f61bb4cde8ed",
    "c65d123b5e70258b4a6923d40e709803036130b1bb45d261eda6ad73a4c91613bcf6701f7788ad5303b0c96fc1ef64f5" +
      "46b430ed4cfba352baadb86356ea9edfc35466c7827004f82dfadb4891e269bfff19e370d18934264c054104b981e1a6" +
      "e2e6c81a331e261e245eb528be9625ac8b11cdee5cf068a7eadafe0c4b0e2435e78f825ece893d3d6e82c06a2c424d14" +
      "729751c666f098b64f774645b56f573fbc7291a0ba355cd6d63de6fcfbdccac7dfce2d3b96644d5fff5ff440ff61ec77",
  ),
} as const;

export type SampleRoot = keyof typeof sampleKeys;
