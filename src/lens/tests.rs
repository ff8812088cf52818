//! Tests of the syntax of lenses and their options.

use super::*;

#[test]
fn every_lens_is_parsed_from_its_own_text() {
    for &lens in Lens::ALL {
        assert_eq!(lens.to_string(), lens.name(), "the defaults need no options");
        assert_eq!(lens.name().parse(), Ok(lens));
    }
    for palette in Palette::ALL {
        let lens = Lens::Colours(palette);
        assert_eq!(lens.to_string().parse(), Ok(lens));
        assert_eq!(format!("colours,palette={}", palette.name()).parse(), Ok(lens));
    }
    let amplified: Lens = "difference,gain=8".parse().expect("a lens");
    assert_eq!(amplified.to_string(), "difference,gain=8");
    assert_eq!("difference,gain=1".parse(), Ok(Lens::Difference(Gain::ONE)));
    assert!("difference,gain=3".parse::<Lens>().is_err_and(|error| error.to_string().contains("gain=1|2|4")));
}

#[test]
fn tampering_is_written_in_the_order_in_which_it_is_applied() {
    for text in [
        "codebook,known=3-17",
        "received,flip=1024.7",
        "received,splice=0,0,64,64@128,128@10",
        "received,splice=5,6,7,8@9,10",
        "received,replay=3",
        "received,wrong-key",
        "received,untouched",
        "received,replay=3,splice=0,0,64,64@128,128@10,flip=1.0,wrong-key",
    ] {
        assert_eq!(text.parse::<Lens>().expect(text).to_string(), text);
    }
    let backwards: Lens = "received,wrong-key,flip=1.0,splice=0,0,4,4@8,8,replay=0".parse().expect("a lens");
    assert_eq!(backwards.to_string(), "received,replay=0,splice=0,0,4,4@8,8,flip=1.0,wrong-key");
    let Ok(Lens::Received(tampering)) = "received".parse() else { panic!("a lens") };
    assert_eq!(tampering.replay().map(|frame| frame.0), Some(0), "the default");
    let Ok(Lens::Received(flipped)) = "received,flip=1.0".parse() else { panic!("a lens") };
    assert_eq!(flipped.replay(), None);
}

#[test]
fn removing_every_change_leaves_the_message_untouched() {
    let flip = Some(Flip { byte: 5, bit: 7 });
    let flipped = Tampering::UNTOUCHED.flipping(flip);
    assert_eq!(Lens::Received(flipped).to_string(), "received,flip=5.7");
    assert_eq!(flipped.replay(), None);
    let both = flipped.with_wrong_key(true);
    assert_eq!(Lens::Received(both).to_string(), "received,flip=5.7,wrong-key");
    assert_eq!(both.flipping(None).with_wrong_key(false), Tampering::UNTOUCHED);
    assert_eq!(Tampering::UNTOUCHED.frames().count(), 0);
    // The replay of frame 0, the default, is kept.
    assert_eq!(Lens::Received(Tampering::NONE.flipping(flip)).to_string(), "received,replay=0,flip=5.7");
    assert_eq!(Tampering::NONE.replaying(None), Tampering::UNTOUCHED);
}

#[test]
fn an_option_that_cannot_be_parsed_is_rejected_with_its_syntax() {
    for wrong in [
        "flip=1",
        "flip=1.8",
        "flip=-1.0",
        "flip=.1",
        "flip=",
        "flip",
        "flip=1.2,flip=1.2",
        "splice=0,0,64,64",
        "splice=0,0,64@1,1",
        "splice=0,0,0,64@1,1",
        "splice=0,0,64,64@1,1@2@3",
        "splice=0,0,64,64@1",
        "splice=0,0,+4,64@1,1",
        "replay=",
        "replay=one",
        "replay=1,replay=2",
        "wrong-key=1",
        "wrong-key,wrong-key",
        "untouched,wrong-key",
        "flip=1.2,untouched",
        "known=0-0",
        "",
    ] {
        let error = format!("received,{wrong}").parse::<Lens>().expect_err(wrong).to_string();
        assert!(error.contains("splice=X,Y,W,H@X,Y[@FRAME]"), "{error}");
    }
    for wrong in ["known=5", "known=7-3", "known", "flip=1.2"] {
        let error = format!("codebook,{wrong}").parse::<Lens>().expect_err(wrong).to_string();
        assert!(error.contains("known=A-B"), "{error}");
    }
}

#[test]
fn the_error_for_a_wrong_lens_or_option_lists_the_right_ones() {
    let error = |text: &str| text.parse::<Lens>().expect_err("no such lens").to_string();
    assert!(Lens::ALL.iter().all(|lens| error("xray").contains(lens.name())));
    for (wrong, meant) in [
        ("Repeats", "repeats"),
        ("colors", "colours"),
        ("cipher", "ciphertext"),
        ("colours,palete=viridis", "palette=viridis"),
        ("colours,palette=Okabe_Ito", "palette=okabe-ito"),
        ("tone,gap=light", "gaps=light"),
        ("codebook,knows=0-9", "known=0-9"),
        ("received,flips=1.2", "flip=1.2"),
        ("received,wrongkey", "wrong-key"),
    ] {
        assert!(error(wrong).contains(&format!("(did you mean {meant}?)")), "{}", error(wrong));
    }
    assert!(!error("received,flip=x").contains("did you mean"));
    assert!(error("outline,palette=viridis").contains("outline takes no options"));
    for wrong in ["colours,palette=sepia", "colours,palette", "colours,", "colours,hue=3"] {
        assert!(Palette::ALL.iter().all(|palette| error(wrong).contains(palette.name())), "{wrong}");
    }
}
