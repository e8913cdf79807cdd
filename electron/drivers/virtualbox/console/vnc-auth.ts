// VNC authentication (RFC 6143, 7.2.2): the server's 16 bytes, encrypted with DES under the password.
import { createCipheriv } from 'node:crypto';

const blockLength = 8;
export const challengeLength = 16;

/** Bits of a byte in the opposite order. */
const mirrored = (byte: number): number => {
  let result = 0;
  for (let bit = 0; bit < 8; bit += 1) if (byte & (1 << bit)) result |= 0x80 >> bit;
  return result;
};

/** VNC's DES takes the lowest bit of each byte first. Missing characters are zero, more than eight are cut. */
export const vncKey = (password: string): Buffer => {
  const key = Buffer.alloc(blockLength);
  Buffer.from(password, 'latin1').copy(key, 0, 0, blockLength);
  return Buffer.from(key.map(mirrored));
};

/** Single DES: triple DES whose three keys are one, which every OpenSSL and BoringSSL still has. */
export const desBlock = (key: Buffer, block: Buffer): Buffer => {
  const cipher = createCipheriv(
    'des-ede3-cbc',
    Buffer.concat([key, key, key]),
    Buffer.alloc(blockLength),
  );
  cipher.setAutoPadding(false);
  return Buffer.concat([cipher.update(block), cipher.final()]);
};

export const answerChallenge = (password: string, challenge: Buffer): Buffer => {
  const key = vncKey(password);
  return Buffer.concat([
    desBlock(key, challenge.subarray(0, blockLength)),
    desBlock(key, challenge.subarray(blockLength, challengeLength)),
  ]);
};
