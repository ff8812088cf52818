//! The result of an attack in one panel on one frame: tones, recovered pixels, or a received message.

use std::sync::Arc;

use super::equality_group::CiphertextAnalysis;
use super::player::NoPicture;
use super::prepared::{PreparationRequest, Prepared, PreparedSet};
use super::received::{ReceiverSide, tampered};
use super::sheet::{Attack, Note};
use crate::crypto::Verdict;
use crate::leak::tint::{Estimate, FilledAgreement};
use crate::leak::tone::{Agreement, NoTone, Tones};
use crate::leak::{Codebook, Finding, Leakage, Recovery};
use crate::lens::{Lens, Needs, SizesAround, Tampering, TintOptions, View};
use crate::media::{self, Limits, MediaError};
use crate::payload::{StreamSizes, Target, TargetStream};
use crate::picture::{Frame, Picture};
use crate::runtime::pool::Pool;
use crate::scene::{Panel, lens_suits};
use crate::units::FrameIndex;

/// The least share of recovered pixels that counts as a finding: below it, only dots are visible.
const RECOVERED: f64 = 0.01;

/// The data for a lens that needs other frames of the video or an attack, or the reason why they are missing.
#[derive(Default)]
pub struct AttackResult {
    /// The preparation that is missing.
    pub pending: Option<PreparationRequest>,
    /// Why the lens shows nothing.
    pub note: Option<Note>,
    /// The panel has nothing to show: neither picture nor numbers.
    pub is_withheld: bool,
    /// The tones of the frame's blocks, for the lens `tone`.
    tones: Option<Vec<Option<Tones>>>,
    /// The pixels recovered with known frames.
    recovery: Option<Recovery>,
    /// The estimated colours of blocks that are not recovered, for the lens `tint`.
    estimates: Option<(TintOptions, Vec<Option<Estimate>>)>,
    /// The outcome of the attack.
    pub attack: Option<Attack>,
    /// The sizes of messages, for the lens `sizes`, and the frame.
    sizes: Option<(StreamSizes, FrameIndex)>,
    /// The frame as the receiver decrypts it.
    received: Option<Vec<u8>>,
    /// The encrypted file as a viewer shows it, or messages as a player does.
    pub viewed: Option<Picture>,
}

impl AttackResult {
    /// Runs the attack of the panel's lens on a frame, of which the panel encrypts `of`. Encrypted files are opened if there is a pool for their pictures: `viewer`.
    pub fn of(
        (panel, of): (Panel, TargetStream),
        frame: &Arc<Frame>,
        played: Option<&Result<Picture, NoPicture>>,
        ciphertext: &CiphertextAnalysis,
        prepared: &PreparedSet,
        receivers: &[ReceiverSide],
        viewer: Option<&Pool>,
    ) -> Self {
        let mut attack_result = Self::default();
        if let Some(note) = Note::of_lock(panel, ciphertext.is_locked()) {
            (attack_result.note, attack_result.is_withheld) = (Some(note), true);
            return attack_result;
        }
        let Panel::Cipher { scheme, lens, .. } = panel else { return attack_result };
        // An observer of a call who gets the frame, or nothing, needs no lens.
        let is_observed = panel.own_target().observer.is_some() && played.is_some();
        if lens == Lens::Player || is_observed {
            attack_result.play(of.target, played);
            return attack_result;
        }
        if !lens.can_show(ciphertext.pixels()) {
            attack_result.note = Some(match lens.needs() {
                Needs::Messages => Note::NeedsMessages(lens.name()),
                Needs::Pixels | Needs::Blocks => Note::NeedsPixels(lens.name()),
            });
            return attack_result;
        }
        if lens == Lens::Sizes && ciphertext.put_back().is_some() {
            attack_result.note = Some(Note::OneMessage);
            return attack_result;
        }
        if let Lens::Footprint(_) = lens
            && (!lens_suits(of.target, lens) || (of.target == Target::Packets && !panel.is_own()))
        {
            attack_result.note = Some(Note::SlicesEncrypted(of.target));
            return attack_result;
        }
        if let (Lens::Ciphertext, Some(put_back)) = (lens, ciphertext.put_back()) {
            if let Some(pool) = viewer {
                attack_result.view_file(ciphertext, put_back, (frame, pool));
            }
            return attack_result;
        }
        let mut needed = Vec::new();
        for request in PreparationRequest::of((panel, of), frame.index) {
            match prepared.get(request, frame.index) {
                None => {
                    attack_result.pending = Some(request);
                    return attack_result;
                }
                Some(Err(error)) => {
                    attack_result.note = Some(Note::Unprepared(Arc::clone(error)));
                    return attack_result;
                }
                Some(Ok(prepared)) => needed.push(prepared),
            }
        }
        match (lens, &*needed) {
            (_, [Prepared::Tone(window)]) => {
                let tones = attack_result.tones.insert(Vec::new());
                if let Some(tone) = window.found(frame.index) {
                    tone.look_up(ciphertext.blocks(), tones);
                } else {
                    attack_result.note = Some(NoTone::NothingRepeats.into());
                }
            }
            (_, [Prepared::Sizes(sizes)]) => attack_result.sizes = Some((sizes.clone(), frame.index)),
            // A known frame needs no attack.
            (Lens::Codebook(known), _) if known.contains(frame.index) => attack_result.know(frame),
            (Lens::Tint(options), _) if options.known().contains(frame.index) => attack_result.know(frame),
            (Lens::Codebook(_), [Prepared::Codebook(codebook)]) => {
                attack_result.recover(codebook, ciphertext.blocks());
            }
            (Lens::Tint(options), [Prepared::Codebook(codebook), Prepared::Tint(window)]) => {
                let recovery = attack_result.recover(codebook, ciphertext.blocks());
                let mut estimates = Vec::new();
                if let Some(tint) = window.found(frame.index) {
                    let known = frame.pixels().block_colours(recovery.bytes(), |byte| recovery.has(byte));
                    tint.look_up(ciphertext.blocks(), &known, &mut estimates);
                }
                attack_result.estimates = Some((options, estimates));
            }
            (Lens::Received(tampering), prepared) => {
                let recorded: &[Arc<Frame>] = match prepared {
                    [Prepared::Frames(frames)] => frames,
                    _ => &[],
                };
                if let Some(receivers) = receivers.iter().find(|receivers| receivers.scheme() == scheme) {
                    attack_result.receive(tampering, receivers, frame, recorded);
                }
            }
            _ => {}
        }
        attack_result
    }

    /// Takes the pixels of a known frame.
    fn know(&mut self, frame: &Frame) {
        self.recovery = Some(Recovery::of_known(&frame.bytes));
        self.attack = Some(Attack::Known);
    }

    /// Recovers what follows from known frames.
    fn recover(&mut self, codebook: &Codebook, ciphertext: &[u8]) -> &Recovery {
        let recovery = codebook.recover(ciphertext);
        let (by_keystream, is_full) = (recovery.is_by_keystream(), codebook.is_full());
        self.attack = Some(Attack::Recovered { by_keystream, is_full });
        self.recovery.insert(recovery)
    }

    /// Shows the picture of a player. Without one and without a reason no picture is wanted.
    fn play(&mut self, target: Target, played: Option<&Result<Picture, NoPicture>>) {
        let refused = match target {
            Target::Pixels => Some(NoPicture::Pixels),
            Target::File => Some(NoPicture::File),
            Target::Samples => Some(NoPicture::Sound),
            _ => None,
        };
        match (refused, played) {
            (Some(reason), _) => self.note = Some(reason.into()),
            (None, Some(Ok(picture))) => self.viewed = Some(picture.clone()),
            (None, Some(Err(reason))) => {
                // Where nothing is seen there is no ciphertext to show either.
                self.is_withheld = *reason == NoPicture::NothingSeen;
                self.note = Some(reason.clone().into());
            }
            (None, None) => {}
        }
    }

    /// Opens an encrypted file as a viewer or a player does: shows its picture, or the waveform of its sound around the frame.
    fn view_file(
        &mut self,
        ciphertext: &CiphertextAnalysis,
        put_back: usize,
        (frame, pool): (&Frame, &Pool),
    ) {
        if put_back == 0 {
            let Leakage { repeated, blocks, .. } = ciphertext.leakage;
            self.note = Some(Note::NoViewer { repeated, blocks });
            return;
        }
        let (name, bytes, limits) = ("the encrypted file", ciphertext.bytes(), Limits::default());
        let picture = media::picture_of(name, bytes, limits, pool).or_else(|error| match error {
            MediaError::NoVideo { .. } => {
                let times = [frame.time_secs, frame.time_secs + frame.duration_secs];
                media::waveform_of((name, bytes), times, frame.shape, limits, pool)
            }
            error => Err(error),
        });
        match picture {
            Ok(picture) => self.viewed = Some(picture),
            Err(error) => self.note = Some(Note::Unviewable(error.to_string())),
        }
    }

    fn receive(
        &mut self,
        tampering: Tampering,
        receivers: &ReceiverSide,
        frame: &Arc<Frame>,
        recorded: &[Arc<Frame>],
    ) {
        match tampered(tampering, receivers, frame, recorded) {
            Ok(received) => {
                self.attack = Some(Attack::Received(received.verdict));
                self.received = received.bytes;
                if let Verdict::Rejected(rejection) = received.verdict {
                    self.note = Some(Note::Rejected(rejection));
                }
            }
            Err(error) => self.note = Some(error.into()),
        }
    }

    /// The numbers of the frame, completed with those of the lens, and the finding of the attack.
    pub fn numbers(&self, frame: &Frame, leakage: &Leakage) -> Leakage {
        if self.is_withheld {
            return Leakage::default();
        }
        let mut leakage = *leakage;
        if let Some(tones) = &self.tones {
            let brightness = frame.layout.brightness(frame.shape, &frame.bytes);
            // Blocks of chroma planes have no place in the picture.
            let painted = &tones[..brightness.len().min(tones.len())];
            let Agreement { painted, rho, r2 } = Agreement::of(painted, &brightness);
            leakage = Leakage { tone_rho: rho, tone_r2: r2, tone_painted: Some(painted), ..leakage };
        }
        if let (Some((options, estimates)), Some(Attack::Recovered { .. })) = (&self.estimates, self.attack) {
            let original = frame.pixels().block_colours(&frame.bytes, |_| true);
            let filled = FilledAgreement::of(|block| options.filled(estimates, block), &original);
            leakage.filled_share = Some(filled.share);
            (leakage.filled_psnr, leakage.filled_r2) = (filled.psnr, filled.r2);
        }
        match (self.attack, &self.recovery) {
            (Some(Attack::Recovered { .. }), Some(recovery)) => {
                let share = frame.layout.share_known(frame.shape, |byte| recovery.has(byte));
                leakage.recovered_share = Some(share);
                if share >= RECOVERED {
                    leakage.word = Some(Finding::Recovered);
                }
            }
            (Some(Attack::Received(verdict)), _) => {
                leakage.word = match verdict {
                    // The receiver sees the frame that was sent, so a finding about a leak would be wrong here.
                    Verdict::Unchanged => None,
                    Verdict::Forged => Some(Finding::Forged),
                    Verdict::Garbled => Some(Finding::Garbled),
                    Verdict::Rejected(_) => Some(Finding::Rejected),
                };
            }
            _ => {}
        }
        leakage
    }

    /// True if the lens has all that it needs to paint; a rejected message counts, since the blank picture shows that.
    pub const fn has_picture(&self) -> bool {
        let is_verdict = matches!(self.note, Some(Note::Rejected(_)));
        self.pending.is_none() && (self.note.is_none() || is_verdict)
    }

    /// The view, completed with the results of the attack.
    pub fn view<'a>(&'a self, view: View<'a>) -> View<'a> {
        View {
            tones: self.tones.as_deref().unwrap_or_default(),
            recovery: self.recovery.as_ref(),
            estimates: self.estimates.as_ref().map_or(&[], |(_, estimates)| estimates),
            received: self.received.as_deref(),
            sizes: self.sizes.as_ref().map(|(sizes, frame)| SizesAround { sizes, frame: *frame }),
            ..view
        }
    }
}
