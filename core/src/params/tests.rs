//! What numbers are read, and how they print.

use super::*;

#[test]
fn decimals_print_as_they_are_read() {
    for (text, millionths) in [("0", 0), ("0.1", 100_000), ("1.510001", 1_510_001), ("-2.5", -2_500_000)] {
        assert_eq!(parse_decimal(text), Some(millionths));
        assert_eq!(format_decimal(millionths), text);
    }
    assert_eq!(parse_decimal("20%"), Some(200_000));
    for text in ["", ".", "-", "1e9", "0.1234567", "99999999999999", "NaN", "1 2", "+1"] {
        assert_eq!(parse_decimal(text), None, "{text}");
    }
}

#[test]
fn numbers_take_their_units() {
    let read = |param: &Param, text: &str| param.parse(text).ok();
    let param = |kind| Param { key: "x", label: "", about: "", group: "", kind, moves_luck: false };
    for (kind, texts, value) in [
        (int(0, 100, 20, "%"), ["35", "35%", "35 %"], Value::Int(35)),
        (int(1, 9, 3, "replicas"), ["5", "5 replicas", "5replicas"], Value::Int(5)),
        (int(1, 9, 3, "replicas"), ["1", "1 replica", "1replica"], Value::Int(1)),
        (decimal(0, 1_000_000, 0, "of calls"), ["0.1", "10%", "10 %"], Value::Decimal(100_000)),
        (
            decimal(0, 9_000_000, 0, "per second"),
            ["2.5", "2.5/s", "2.5 per second"],
            Value::Decimal(2_500_000),
        ),
        (decimal(0, 900_000_000, 0, "ms"), ["200", "200ms", "0.2s"], Value::Decimal(200_000_000)),
        (duration(0, 9_000_000, 0), ["1.5s", "1500ms", "1.5 s"], Value::Duration(1_500_000)),
    ] {
        let param = param(kind);
        for text in texts {
            assert_eq!(read(&param, text), Some(value.clone()), "{text}");
        }
    }
    for text in ["5 apples", "replicas", "5 %", "1,5"] {
        assert_eq!(read(&param(int(1, 9, 3, "replicas")), text), None, "{text}");
    }
}
