//! Names and meanings of the columns in tables of numbers.

/// First the columns that say which frame and panel a row is about, then the numbers in the order of
/// [`Leakage::numbers`](super::Leakage::numbers), then the finding.
pub const COLUMNS: [(&str, &str); 43] = [
    ("frame", "number of the frame, from 0"),
    ("time_secs", "when it is shown, in seconds from frame 0"),
    ("panel", "the panel, as it is written on the command line"),
    ("blocks", "whole blocks of the frame"),
    ("distinct", "different values among them"),
    ("repeated", "blocks whose value occurs more than once within the memory"),
    ("repeated_share", "repeated / blocks"),
    ("repeated_in_frame", "blocks whose value occurs more than once in this frame alone"),
    ("largest_class", "occurrences, within the memory, of the value that is most frequent there"),
    (
        "expected_by_chance",
        "blocks that would repeat by chance among the n blocks of the memory if these were random: n(n-1)/2^128",
    ),
    (
        "log10_p",
        "log10 of the probability that chance gives as many equal pairs, or more, among the blocks of the memory",
    ),
    ("block_entropy", "Shannon entropy of the values of the blocks, in bits"),
    ("max_block_entropy", "log2 of blocks: the entropy if no two are equal"),
    ("left_equal", "share of blocks equal to the block to the left, of all that have one, in all planes"),
    ("above_equal", "share of blocks equal to the block above, of all that have one, in all planes"),
    ("same_as_previous", "blocks equal to the block at the same place a frame before; none for frame 0"),
    ("same_prefix", "how many of these come before the first block that differs"),
    (
        "same_bytes_in_changed",
        "bytes equal to those a frame before in blocks that differ, except the first of these; by chance one in 256",
    ),
    ("outline_precision", "share of the ink of the lens outline that lies on edges of the original"),
    ("outline_recall", "share of the edges of the original that this ink covers"),
    ("outline_f1", "harmonic mean of outline_precision and outline_recall"),
    ("outline_f1_by_chance", "mean outline_f1 of random pictures with the same amount of ink"),
    ("tone_rho", "lens tone: best absolute rank correlation of one of its vectors with luma"),
    ("tone_r2", "lens tone: share of the variance of brightness ranks that all vectors explain"),
    ("tone_painted", "lens tone: share of blocks that it paints"),
    ("recovered_share", "lenses codebook and tint: share of pixels of which every byte is recovered"),
    ("filled_share", "lens tint: share of blocks to which it gives an estimated colour"),
    ("filled_psnr", "lens tint: PSNR of the mean colours of these blocks, in dB; none if all are exact"),
    ("filled_r2", "lens tint: share of the variance of their mean luma that the estimates explain"),
    ("messages", "messages of the frame; none for pixels, of which a frame is one message"),
    ("bytes", "all bytes of the messages"),
    ("clear_bytes", "how many of these are not encrypted"),
    ("identical_messages", "messages that equal an earlier one within the memory"),
    ("footprint_pieces", "slices whose places and sizes follow from clear bytes"),
    (
        "footprint_rho",
        "rank correlation of their bytes per pixel with the mean Sobel gradient of luma in their places; none under 20",
    ),
    ("byte_entropy", "Shannon entropy of the bytes, in bits, at most 8"),
    ("chi_square", "Pearson's chi-square of the bytes against even frequencies; about 255 if random"),
    (
        "neighbour_correlation",
        "Pearson's correlation of luma with luma one pixel to the right, over all such pairs",
    ),
    (
        "npcr",
        "share of bytes that change with the lowest bit of the frame's first byte, key and nonce being the same",
    ),
    ("uaci", "mean change of these bytes, as a share of 255"),
    ("psnr", "peak signal-to-noise ratio of luma against the original, in dB"),
    (
        "ssim",
        "mean structural similarity of luma to the original in windows of 8 x 8 pixels, every 4 pixels; at most 1",
    ),
    ("word", "what an eavesdropper gets, in a word; none for plain"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leak::Leakage;

    #[test]
    fn columns_have_the_names_and_the_order_of_the_numbers() {
        let numbers = Leakage::default().numbers().map(|(name, _)| name);
        let place = ["frame", "time_secs", "panel"];
        let all: Vec<_> = place.into_iter().chain(numbers).chain(["word"]).collect();
        assert_eq!(COLUMNS.map(|(name, _)| name)[..], all);
    }
}
