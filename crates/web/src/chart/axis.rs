//! Round figures for the value axis.

/// The values at which lines are drawn: from zero, in steps of 1, 2 or 5 times a power of ten, up
/// to the first that is not below the greatest value; at most seven of them.
pub(super) fn ticks(greatest: u64) -> Vec<u64> {
    let mut step = 1;
    // 1, 2, 5, 10, 20, 50...
    for factor in [2, 5, 10].into_iter().cycle() {
        if greatest.div_ceil(step) <= 5 || step > u64::MAX / 100 {
            break;
        }
        let power = 10_u64.pow(step.ilog10());
        step = power * factor;
    }
    let last = greatest.max(1).div_ceil(step);
    (0..=last).map(|index| index * step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round_and_few() {
        assert_eq!(ticks(0), [0, 1]);
        assert_eq!(ticks(4), [0, 1, 2, 3, 4]);
        assert_eq!(ticks(7), [0, 2, 4, 6, 8]);
        assert_eq!(ticks(23), [0, 5, 10, 15, 20, 25]);
        assert_eq!(ticks(430), [0, 100, 200, 300, 400, 500]);
        assert_eq!(ticks(1_001), [0, 500, 1_000, 1_500]);
    }

    #[test]
    fn the_axis_reaches_the_greatest_value() {
        for greatest in (0..5_000).chain([99_999, 1_000_001, u64::MAX / 200]) {
            let ticks = ticks(greatest);
            let last = ticks[ticks.len() - 1];
            assert!(last >= greatest, "{greatest}: {ticks:?}");
            assert!(ticks.len() <= 7, "{greatest}: {ticks:?}");
        }
    }
}
