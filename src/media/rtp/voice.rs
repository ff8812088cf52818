//! A synthetic voice for a source without sound: phrases and pauses by our own arithmetic, without a recording.
//!
//! ```text
//! pulses of the glottis ─┐
//!                        ├──▶ four resonators: the formants of a vowel ──▶ loudness of the syllable ──▶ samples
//! noise (consonants) ────┘
//! ```
//!
//! The words mean nothing. Phrases of 1 to 3 s have syllables of changing loudness, and pauses of 0.3 to 1.5 s
//! between them have only the noise of a quiet room, so that speech and silence differ as they do in a call. The
//! formants are averages of G. E. Peterson and H. L. Barney, "Control Methods Used in a Study of the Vowels" (1952);
//! the resonators are those of D. H. Klatt, "Software for a cascade/parallel formant synthesizer" (1980).
//!
//! Every sum is done in the same order on every machine, and no function of the system's library is called, so
//! samples are the same everywhere.

use std::collections::VecDeque;
use std::f64::consts::PI;

/// Samples a second.
pub(super) const SAMPLE_RATE: u32 = 48_000;

const RATE: f64 = 48_000.0;

/// Frequencies of the first three formants of six vowels, in Hz.
const VOWELS: [[f64; 3]; 6] = [
    [730.0, 1090.0, 2440.0],
    [270.0, 2290.0, 3010.0],
    [300.0, 870.0, 2240.0],
    [530.0, 1840.0, 2480.0],
    [570.0, 840.0, 2410.0],
    [500.0, 1500.0, 2500.0],
];

/// The fourth formant, and the bandwidths of all four, in Hz.
const FOURTH_FORMANT: f64 = 3500.0;
const BANDWIDTHS: [f64; 4] = [80.0, 90.0, 120.0, 175.0];

/// Frequency and bandwidth of the noise of consonants, in Hz.
const CONSONANT: (f64, f64) = (4500.0, 1800.0);

/// The share of a period in which the glottis is open.
const OPEN: f64 = 0.6;

/// Samples between two changes of the resonators: 1 ms.
const SAMPLES_PER_STEP: usize = 48;

/// Loudness: of voiced sound and of consonants at full stress, and of the room, in units of a sample of 16 bits. The
/// room is as quiet as after the removal of noise: a sample in 20 is not 0. A louder one would cost Opus as many bits
/// as speech.
const VOICED: f64 = 1150.0;
const HISSING: f64 = 900.0;
const ROOM: f64 = 1.05;

/// A voice without end, of one channel at 48 kHz. Voices with different numbers differ in pitch, tract and rhythm.
#[derive(Clone, Debug)]
pub struct Voice {
    random: Random,
    /// The usual pitch in Hz.
    pitch: f64,
    /// Formants are those of the table times this: short tracts have higher ones.
    tract: f64,
    /// Lengths of syllables and pauses are multiplied by this.
    slowness: f64,
    formants: [Resonator; 4],
    hiss: Resonator,
    /// The formants now, in Hz.
    now: [f64; 3],
    /// The place within a period of the glottis, from 0 to 1.
    phase: f64,
    /// The samples of a phrase and the pause after it, not returned yet.
    ready: VecDeque<i16>,
}

/// A part of a syllable.
#[derive(Clone, Copy)]
struct Sound {
    secs: f64,
    vowel: [f64; 3],
    /// From 0 to 1.
    voiced: f64,
    /// From 0 to 1.
    hissing: f64,
    /// Pitch at its start and end, in Hz.
    pitch: [f64; 2],
}

impl Voice {
    /// The voice with this number. It begins with a pause of up to 0.8 s.
    #[must_use]
    pub fn new(number: u64) -> Self {
        let mut random = Random(number);
        // The first values of neighbouring numbers would be alike without this.
        random.unit();
        let place = random.unit();
        let mut voice = Self {
            // From low voices to high ones, in equal steps of an ear.
            pitch: 95.0 * libm::pow(2.3, place),
            tract: 0.92 + 0.2 * place + 0.05 * random.unit(),
            slowness: random.between(0.85, 1.2),
            formants: [Resonator::default(); 4],
            hiss: Resonator::default(),
            now: VOWELS[5],
            phase: 0.0,
            ready: VecDeque::new(),
            random,
        };
        let first = voice.random.between(0.0, 0.8);
        voice.pause(first);
        voice
    }

    /// The next `count` samples.
    pub fn take(&mut self, count: usize) -> Vec<i16> {
        while self.ready.len() < count {
            self.phrase();
            let secs = (self.random.between(0.3, 1.3) * self.slowness).clamp(0.3, 1.5);
            self.pause(secs);
        }
        self.ready.drain(..count).collect()
    }

    /// Adds the noise of a room.
    fn pause(&mut self, secs: f64) {
        for _ in 0..samples_of(secs) {
            let noise = self.random.noise() * ROOM;
            self.ready.push_back(to_sample(noise));
        }
    }

    /// Adds a phrase.
    fn phrase(&mut self) {
        let length = self.random.between(1.0, 3.0);
        let mut at = 0.0;
        while at < length {
            // The pitch falls over a phrase, and rises where a syllable is stressed.
            let stress = self.random.between(0.35, 1.0);
            let pitch = self.pitch * (1.12 - 0.24 * at / length) * (0.94 + 0.12 * stress);
            let rest = length - at;
            let vowel =
                (self.random.between(0.11, 0.22) * self.slowness * (0.8 + 0.3 * stress)).min(rest.max(0.06));
            let consonant = self.random.between(0.04, 0.09);
            let formants = VOWELS[self.random.below(VOWELS.len())].map(|hertz| hertz * self.tract);
            match self.random.below(3) {
                // A fricative, then the vowel.
                0 => {
                    let sound = Sound {
                        secs: consonant,
                        vowel: formants,
                        voiced: 0.0,
                        hissing: stress,
                        pitch: [pitch; 2],
                    };
                    self.sound(sound);
                    at += consonant;
                }
                // A soft voiced consonant.
                1 => {
                    let vowel = [280.0 * self.tract, formants[1], formants[2]];
                    let sound = Sound {
                        secs: consonant,
                        vowel,
                        voiced: 0.25 * stress,
                        hissing: 0.05,
                        pitch: [pitch; 2],
                    };
                    self.sound(sound);
                    at += consonant;
                }
                // A short stop.
                _ => {
                    self.pause(0.03);
                    at += 0.03;
                }
            }
            let end = pitch * self.random.between(0.93, 1.02);
            self.sound(Sound {
                secs: vowel,
                vowel: formants,
                voiced: stress,
                hissing: 0.02,
                pitch: [pitch, end],
            });
            at += vowel;
        }
    }

    /// Adds a sound, which fades in and out.
    fn sound(&mut self, sound: Sound) {
        let count = samples_of(sound.secs);
        let (attack, release) = (0.02 * RATE, 0.04 * RATE);
        for n in 0..count {
            if n % SAMPLES_PER_STEP == 0 {
                self.move_formants(sound.vowel);
            }
            let share = n as f64 / count as f64;
            let pitch = sound.pitch[0] + (sound.pitch[1] - sound.pitch[0]) * share;
            // No throat is a clock: each sample of the phase varies by up to 1 %.
            self.phase += pitch / RATE * (1.0 + 0.01 * self.random.noise());
            self.phase -= libm::floor(self.phase);
            let noise = self.random.noise();
            let mut voiced = glottis(self.phase) + 0.02 * noise;
            for formant in &mut self.formants {
                voiced = formant.pass(voiced);
            }
            let hiss = self.hiss.pass(noise);
            let edge = (n as f64 / attack).min((count - n) as f64 / release).min(1.0);
            // A parabola from 0 to 1 that ends flat.
            let loudness = edge * (2.0 - edge);
            let value = loudness * (VOICED * sound.voiced * voiced + HISSING * sound.hissing * hiss);
            self.ready.push_back(to_sample(value + self.random.noise() * ROOM));
        }
    }

    /// Moves the formants towards those of a vowel.
    fn move_formants(&mut self, vowel: [f64; 3]) {
        for (now, wanted) in self.now.iter_mut().zip(vowel) {
            *now += 0.06 * (wanted - *now);
        }
        let fourth = FOURTH_FORMANT * self.tract;
        let all = self.now.into_iter().chain([fourth]);
        for ((formant, hertz), bandwidth) in self.formants.iter_mut().zip(all).zip(BANDWIDTHS) {
            formant.tune(hertz, bandwidth);
        }
        self.hiss.tune(CONSONANT.0, CONSONANT.1);
    }
}

/// The air that the glottis lets through, as its rate of change, at a place of its period: a parabola's while it is
/// open, and nothing while it is closed.
fn glottis(phase: f64) -> f64 {
    let open = phase / OPEN;
    if open >= 1.0 { 0.0 } else { 8.0 * (2.0 * open - 3.0 * open * open) }
}

fn samples_of(secs: f64) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a few seconds, not negative"
    )]
    let count = (secs.max(0.0) * RATE) as usize;
    count
}

fn to_sample(value: f64) -> i16 {
    #[expect(clippy::cast_possible_truncation, reason = "it is in the range of the type")]
    let sample = value.clamp(-32_767.0, 32_767.0) as i16;
    sample
}

/// A digital resonator of two poles, with gain 1 at 0 Hz.
#[derive(Clone, Copy, Debug, Default)]
struct Resonator {
    a: f64,
    b: f64,
    c: f64,
    last: [f64; 2],
}

impl Resonator {
    fn tune(&mut self, hertz: f64, bandwidth: f64) {
        let radius = libm::exp(-PI * bandwidth / RATE);
        self.c = -radius * radius;
        self.b = 2.0 * radius * libm::cos(2.0 * PI * hertz / RATE);
        self.a = 1.0 - self.b - self.c;
    }

    fn pass(&mut self, value: f64) -> f64 {
        let out = self.a * value + self.b * self.last[0] + self.c * self.last[1];
        self.last = [out, self.last[0]];
        out
    }
}

/// SplitMix64 (Steele, Lea and Flood, 2014): fast, and good enough for noise.
#[derive(Clone, Debug)]
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to just under 1.
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// From -1 to just under 1.
    fn noise(&mut self) -> f64 {
        2.0 * self.unit() - 1.0
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() >> 33).unwrap_or(0) % bound.max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The root mean square of each 20 ms.
    fn loudness(samples: &[i16]) -> Vec<f64> {
        let rms = |piece: &[i16]| {
            (piece.iter().map(|&it| f64::from(it).powi(2)).sum::<f64>() / piece.len() as f64).sqrt()
        };
        samples.chunks_exact(960).map(rms).collect()
    }

    #[test]
    fn a_voice_speaks_in_phrases_and_is_silent_between_them() {
        for number in 0..8 {
            let samples = Voice::new(number).take(60 * SAMPLE_RATE as usize);
            let loud: Vec<bool> = loudness(&samples).iter().map(|&rms| rms > 100.0).collect();
            let speech = loud.iter().filter(|&&is_loud| is_loud).count() as f64 / loud.len() as f64;
            assert!((0.5..0.85).contains(&speech), "{speech} of voice {number} is speech");
            // Silences longer than within a word, in pieces of 20 ms.
            let silences: Vec<usize> = loud
                .chunk_by(|a, b| a == b)
                .filter(|run| !run[0] && run.len() > 10)
                .map(<[bool]>::len)
                .collect();
            assert!((12..=45).contains(&silences.len()), "{silences:?}");
            assert!(silences.iter().skip(1).all(|&pieces| pieces <= 80), "{silences:?}");
            assert!(samples.iter().all(|&it| it.unsigned_abs() < 32_000), "voice {number} is clipped");
            let mean = samples.iter().map(|&it| f64::from(it)).sum::<f64>() / samples.len() as f64;
            assert!(mean.abs() < 60.0, "voice {number} has the mean {mean}");
        }
    }

    #[test]
    fn voices_differ_and_each_is_the_same_every_time() {
        let take = |number| Voice::new(number).take(96_000);
        assert_eq!(take(1), take(1));
        assert_ne!(take(1), take(2));
        let mut parts = Voice::new(1);
        let joined: Vec<i16> = (0..100).flat_map(|_| parts.take(960)).collect();
        assert_eq!(joined, take(1));
    }
}
