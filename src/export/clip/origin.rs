//! What a clip's file says of itself: how to make it again, and of what.

use super::Plan;
use crate::export::figure::{Figure, caption};
use crate::export::{PublicScene, command};
use crate::media::encode::About;

/// The texts for the file, of which `first` is the first picture.
pub fn about(plan: &Plan, first: &Figure<'_>) -> About {
    let frames = plan.frames.as_ref().map(ToString::to_string);
    let option = frames.as_ref().map_or_else(String::new, |frames| format!(" --frames {frames}"));
    let rest = format!(" --ground {} -o CLIP.{}", first.ground.name(), plan.container.extension());
    let scene = PublicScene { frames, ..PublicScene::of(first.scene) };
    About {
        title: caption::name(&first.scene.source),
        comment: command::line("clip", first.scene, &first.scene.panels, &option, &rest),
        description: serde_json::json!({ "schema": 1, "scene": scene }).to_string(),
    }
}
