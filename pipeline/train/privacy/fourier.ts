/**
 * Discrete Fourier transform in place (Cooley and Tukey 1965), e^(−2πi jk/n), of n complex numbers,
 * n a power of two. `inverse` uses the other sign and divides by n.
 */
export function fourier(real: Float64Array, imaginary: Float64Array, inverse = false): void {
  const n = real.length;
  reverseBits(real, imaginary);
  // A table, as a recurrence of the roots would lose digits.
  const cosines = new Float64Array(n / 2);
  const sines = new Float64Array(n / 2);
  const turn = ((inverse ? 2 : -2) * Math.PI) / n;
  for (let i = 0; i < n / 2; i++) {
    cosines[i] = Math.cos(turn * i);
    sines[i] = Math.sin(turn * i);
  }
  for (let size = 2; size <= n; size *= 2) {
    const half = size / 2;
    const stride = n / size;
    for (let start = 0; start < n; start += size) {
      for (let j = 0, root = 0; j < half; j++, root += stride) {
        const [even, odd] = [start + j, start + j + half];
        const [wr, wi] = [cosines[root]!, sines[root]!];
        const [or, oi] = [real[odd]!, imaginary[odd]!];
        const tr = or * wr - oi * wi;
        const ti = or * wi + oi * wr;
        real[odd] = real[even]! - tr;
        imaginary[odd] = imaginary[even]! - ti;
        real[even]! += tr;
        imaginary[even]! += ti;
      }
    }
  }
  if (!inverse) return;
  for (let i = 0; i < n; i++) {
    real[i]! /= n;
    imaginary[i]! /= n;
  }
}

function reverseBits(real: Float64Array, imaginary: Float64Array): void {
  const n = real.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i >= j) continue;
    [real[i], real[j]] = [real[j]!, real[i]!];
    [imaginary[i], imaginary[j]] = [imaginary[j]!, imaginary[i]!];
  }
}
