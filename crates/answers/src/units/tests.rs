//! Spellings lead to their units, golds in old specs among them.

use super::{TABLE, UNITS, convertible, ratio, ratio_text, resolve, resolve_gold, with_id};

/// The names that the first version of the table gave.
const FIRST_NAMES: &[&str] = &[
    "mm",
    "nm",
    "kpc",
    "Mpc",
    "m2",
    "km2",
    "cm2",
    "mi2",
    "ft2",
    "in2",
    "yd2",
    "m3",
    "cm3",
    "km3",
    "ft3",
    "ml",
    "cl",
    "dl",
    "ul",
    "hl",
    "mg",
    "ng",
    "kt",
    "Mt",
    "Gt",
    "kDa",
    "us",
    "ns",
    "kN",
    "MN",
    "kJ",
    "MWh",
    "TWh",
    "keV",
    "GeV",
    "mW",
    "GW",
    "hPa",
    "MPa",
    "mV",
    "kV",
    "mA",
    "mAh",
    "uF",
    "THz",
    "mSv",
    "mmol",
    "Gbit",
    "MB",
    "PB",
    "KiB",
    "TiB",
    "megapixel",
    "m/s",
    "ft/s",
    "km/s",
    "m/s2",
    "g/cm3",
    "kg/m3",
    "mg/l",
    "cent",
    "J/(kg*K)",
    "W/(m2*degC)",
    "1/s",
    "kg*m/s2",
];

/// Spellings and the units that they lead to.
const SPELLINGS: &[(&str, &str)] = &[
    ("km", "km"),
    ("kilometres", "km"),
    ("Kilometers", "km"),
    ("°C", "degC"),
    ("degrees Celsius", "degC"),
    ("km/h", "km/h"),
    ("kilometres per hour", "km/h"),
    ("miles per hour", "mi/h"),
    ("mph", "mi/h"),
    ("square kilometres", "km2"),
    ("sq mi", "mi2"),
    ("sq. ft.", "ft2"),
    ("km^2", "km2"),
    ("m^{2}", "m2"),
    ("metres squared", "m2"),
    ("cubic metres", "m3"),
    ("g/cm^3", "g/cm3"),
    ("US dollars", "USD"),
    ("$", "USD"),
    ("feet", "ft"),
    ("inches", "in"),
    ("hertz", "Hz"),
    ("mW", "mW"),
    ("MW", "MW"),
    ("-year", "yr"),
    ("light-years", "ly"),
    ("m/s^2", "m/s2"),
    ("m s^-2", "m/s2"),
    ("m s-2", "m/s2"),
    ("m/s/s", "m/s2"),
    ("metres per second squared", "m/s2"),
    ("metres per second per second", "m/s2"),
    ("kg*m/s^2", "kg*m/s2"),
    ("J/(kg*K)", "J/(kg*K)"),
    ("J/kg/K", "J/(kg*K)"),
    ("J kg^-1 K^-1", "J/(kg*K)"),
    ("J/kg K", "J/(kg*K)"),
    ("joules per kilogram kelvin", "J/(kg*K)"),
    ("\\frac{km}{h}", "km/h"),
    ("N.m", "N*m"),
    ("newton-metres", "N*m"),
    ("kilowatt-hours", "kWh"),
    ("s^-1", "1/s"),
    ("1/s", "1/s"),
    ("per second", "1/s"),
    ("miles an hour", "mi/h"),
    ("J/kg", "J/kg"),
    ("mg/dL", "mg/dl"),
    ("years old", "yr"),
    ("beats per minute", "bpm"),
    ("megabytes per second", "MB/s"),
    ("parts per million", "ppm"),
    ("kΩ", "kohm"),
    ("μF", "uF"),
    ("MiB", "MiB"),
    ("KB", "kB"),
    ("euros per kilogram", "EUR/kg"),
];

fn ids(text: &str) -> Vec<String> {
    resolve_gold(text).into_iter().map(|unit| unit.id).collect()
}

#[test]
fn every_line_of_the_table_is_a_unit_of_its_own() {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).count();
    assert_eq!(UNITS.rows.len(), lines);
    assert_eq!(UNITS.ids.len(), lines);
}

#[test]
fn canonical_names_lead_back_to_their_unit() {
    for row in &UNITS.rows {
        assert_eq!(with_id(&row.unit.id).as_ref(), Some(&row.unit), "{}", row.unit.id);
    }
    for id in FIRST_NAMES {
        assert!(with_id(id).is_some(), "{id}");
    }
    for text in ["kg m s^-2", "J/kg/K", "square feet", "cubic metres per second", "USD/h", "1/s", "mol/L", "μg/dL"] {
        let unit = resolve(text).pop().unwrap_or_else(|| unreachable!());
        assert_eq!(with_id(&unit.id).map(|again| again.id), Some(unit.id.clone()), "{text}");
    }
}

#[test]
fn spellings_resolve() {
    for (text, id) in SPELLINGS {
        assert_eq!(ids(text), [*id], "{text}");
    }
    assert_eq!(ids("pounds").len(), 2);
    for text in [
        "", "apostles", "C", "F", "kms2x", "per", "/", "km/", "square", "!", "m^", "(m", "m)", "km km/", "m**", "m^99",
        "pm", "as", "per per", "m//s", "*m", "a", "2", "m 2 s",
    ] {
        assert!(ids(text).is_empty(), "{text}: {:?}", ids(text));
    }
    assert!(resolve("C").len() >= 2 && resolve_gold("C").is_empty());
}

#[test]
fn units_of_one_dimension_convert_exactly() -> Result<(), String> {
    for (from, to, factor, summand) in [
        ("mi", "km", "1.609344", "0"),
        ("°F", "°C", "5/9", "-160/9"),
        ("K", "°C", "1", "-273.15"),
        ("km/h", "m/s", "5/18", "0"),
        ("years", "months", "12", "0"),
        ("kg m s^-2", "N", "1", "0"),
        ("N m", "J", "1", "0"),
        ("J/(kg °C)", "J/(kg K)", "1", "0"),
        ("kWh", "MJ", "3.6", "0"),
        ("g/mL", "kg/m^3", "1000", "0"),
        ("W/m^2", "kg/s^3", "1", "0"),
        ("V/m", "N/C", "1", "0"),
        ("rev/min", "rpm", "1", "0"),
        ("L", "dm^3", "1", "0"),
        ("mol/L", "mol/m3", "1000", "0"),
        ("sqft", "square feet", "1", "0"),
        ("MiB", "KiB", "1024", "0"),
        ("Mbps", "MB/s", "0.125", "0"),
        ("$/h", "cents per minute", "5/3", "0"),
    ] {
        let (below, above) = (resolve(from), resolve(to));
        let found = below.iter().find_map(|from| above.iter().find_map(|to| from.conversion_to(to)));
        let (f, s) = found.ok_or(format!("{from} {to}"))?;
        assert_eq!((ratio_text(&f).as_str(), ratio_text(&s).as_str()), (factor, summand), "{from} {to}");
        assert_eq!(ratio(&ratio_text(&f)), Some(f));
    }
    let only = |text: &str| resolve(text).remove(0);
    for (one, other) in
        [("m", "g"), ("Hz", "Bq"), ("Sv", "Gy"), ("US$", "€"), ("days", "years"), ("gallon", "L"), ("ton", "kg")]
    {
        assert!(only(one).conversion_to(&only(other)).is_none(), "{one} {other}");
    }
    assert!(convertible(&only("m")).iter().any(|unit| unit.id == "mi"));
    Ok(())
}
