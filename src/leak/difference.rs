//! The XOR of two ciphertexts.

use rayon::prelude::*;

/// Bytes that one task works on.
const TASK_BYTES: usize = 1 << 18;

/// Writes `now` XOR `before` to `difference`; all three are equally long.
///
/// If both were encrypted with the same keystream, this is the XOR of the originals (a two-time pad).
pub fn difference(now: &[u8], before: &[u8], difference: &mut [u8]) {
    let tasks = difference.par_chunks_mut(TASK_BYTES);
    tasks.zip(now.par_chunks(TASK_BYTES)).zip(before.par_chunks(TASK_BYTES)).for_each(
        |((to, now), before)| {
            for (to, (now, before)) in to.iter_mut().zip(now.iter().zip(before)) {
                *to = now ^ before;
            }
        },
    );
}
