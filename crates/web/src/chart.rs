//! Charts: small SVG drawn on the server, with the same figures in a table beside it.

mod axis;
mod bars;
mod legend;
mod meter;

pub(crate) use bars::{Bars, Series, stacked};
pub(crate) use legend::legend;
pub(crate) use meter::meter;

/// How many colours there are; a further series shares the last one.
pub(crate) const COLOURS: usize = 8;

/// The class that colours a series.
pub(crate) fn colour(series: usize) -> String {
    format!("s{}", series.min(COLOURS - 1) + 1)
}
