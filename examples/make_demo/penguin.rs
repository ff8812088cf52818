//! The still picture: a penguin of our own, in a handful of flat colours.
//!
//! A penguin, because the picture that made ECB's leak famous showed one. Drawn
//! without anti-aliasing: every pixel is one of the flat colours, so every block
//! away from an edge repeats.

use crate::drawing::Drawing;

/// Width in pixels: a multiple of 4, so that blocks line up from row to row.
pub const WIDTH: u32 = 960;
/// Height in pixels.
pub const HEIGHT: u32 = 720;

const SKY: &str = "#9ad4f0";
const SUN: &str = "#ffe9a8";
const BERG: &str = "#d5effa";
const SEA: &str = "#2f7fb8";
const ICE: &str = "#ffffff";
const COAT: &str = "#26304f";
const BELLY: &str = "#fffaf0";
const BEAK: &str = "#ff9f2e";
const SCARF: &str = "#e8484f";
const SCARF_DARK: &str = "#b92f3d";
const CHEEK: &str = "#ffb3a7";

/// Draws the picture.
pub fn draw() -> Drawing {
    let mut d = Drawing::new(WIDTH, HEIGHT, "crispEdges");
    scenery(&mut d);

    // Feet and flippers, then the body over them.
    d.ellipse([416.0, 646.0], [62.0, 24.0], BEAK);
    d.ellipse([544.0, 646.0], [62.0, 24.0], BEAK);
    d.path("M350 352C300 380 262 446 268 520C312 516 356 470 372 420Z", COAT);
    d.path("M600 376C660 372 712 330 724 262C684 250 620 290 590 336Z", COAT);
    d.path(
        "M480 88C396 88 356 148 356 226C356 266 344 300 332 352C308 456 320 640 480 640\
         C640 640 652 456 628 352C616 300 604 266 604 226C604 148 564 88 480 88Z",
        COAT,
    );
    d.path(
        "M480 344C400 344 372 400 372 468C372 556 412 612 480 612C548 612 588 556 588 468\
         C588 400 560 344 480 344Z",
        BELLY,
    );
    face(&mut d);
    scarf(&mut d);
    d
}

fn scenery(d: &mut Drawing) {
    let (width, height) = (f64::from(WIDTH), f64::from(HEIGHT));
    d.rect([0.0, 0.0, width, height], 0.0, SKY);
    d.circle([812.0, 148.0], 80.0, SUN);
    d.path("M0 480V336L72 280L128 320L196 232L288 480Z", BERG);
    d.path("M700 480L776 372L820 404L884 320L960 392V480Z", BERG);
    d.rect([0.0, 480.0, width, 240.0], 0.0, SEA);
    d.path("M0 720V636C120 588 260 580 480 580C700 580 860 592 960 628V720Z", ICE);
}

fn face(d: &mut Drawing) {
    d.path(
        "M480 180C456 140 388 152 388 220C388 280 440 304 480 304C520 304 572 280 572 220\
         C572 152 504 140 480 180Z",
        BELLY,
    );
    for side in [-1.0, 1.0] {
        d.ellipse([480.0 + 40.0 * side, 208.0], [14.0, 18.0], COAT);
        d.circle([484.0 + 40.0 * side, 201.0], 5.0, BELLY);
        d.ellipse([480.0 + 64.0 * side, 246.0], [16.0, 11.0], CHEEK);
    }
    d.path("M444 236C456 222 504 222 516 236C508 262 492 274 480 274C468 274 452 262 444 236Z", BEAK);
    d.path("M452 244C464 250 496 250 508 244L504 252C492 258 468 258 456 252Z", COAT);
}

fn scarf(d: &mut Drawing) {
    d.path("M556 344L604 336C624 384 628 424 620 460L564 464C574 424 572 384 556 344Z", SCARF_DARK);
    d.path("M532 344L592 340C600 388 596 436 584 484L520 476C534 432 538 388 532 344Z", SCARF);
    d.path("M340 296C400 336 560 336 620 296L632 348C556 388 404 388 328 348Z", SCARF);
}
