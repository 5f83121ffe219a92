//! When a job runs: the five fields of a cron expression, or a macro (contract §5.2).

const MACROS: [&str; 7] = [
    "@yearly",
    "@annually",
    "@monthly",
    "@weekly",
    "@daily",
    "@midnight",
    "@hourly",
];

/// Each field with its smallest and largest number.
const FIELDS: [(&str, u32, u32); 5] = [
    ("minute", 0, 59),
    ("hour", 0, 23),
    ("day", 1, 31),
    ("month", 1, 12),
    ("weekday", 0, 6),
];

/// Checks an expression.
///
/// # Errors
/// A sentence that names the field and what is wrong with it.
pub(super) fn check(expression: &str) -> Result<(), String> {
    if MACROS.contains(&expression) {
        return Ok(());
    }
    let parts: Vec<_> = expression.split_whitespace().collect();
    if parts.len() != FIELDS.len() {
        let sentence = "must be a valid macro or to have exactly 5 space separated segments";
        return Err(sentence.to_owned());
    }
    for (part, field) in parts.into_iter().zip(FIELDS) {
        for item in part.split(',') {
            check_item(item, field)?;
        }
    }
    Ok(())
}

fn check_item(item: &str, (name, min, max): (&str, u32, u32)) -> Result<(), String> {
    let number = |text: &str| {
        text.parse::<u32>()
            .ok()
            .filter(|number| (min..=max).contains(number))
            .ok_or_else(|| format!("{text:?} is no {name} between {min} and {max}"))
    };
    let (range, step) = match item.split_once('/') {
        Some((range, step)) => (range, Some(step)),
        None => (item, None),
    };
    if let Some(step) = step {
        let is_step = step
            .parse::<u32>()
            .is_ok_and(|step| step >= 1 && step <= max);
        if !is_step {
            return Err(format!("{step:?} is no step of a {name}"));
        }
    }
    if range == "*" {
        return Ok(());
    }
    match range.split_once('-') {
        None if step.is_some() => Err(format!("{item:?} has a step without a range")),
        None => number(range).map(drop),
        Some((first, last)) => {
            if number(first)? > number(last)? {
                return Err(format!("the range {range:?} of the {name} is upside down"));
            }
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn expressions_of_the_contract_are_accepted() {
        for good in [
            "* * * * *",
            "0 0 * * *",
            "*/5 1-3 1,15 * 0-6",
            "0-30/10 * * * *",
            "@daily",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for bad in [
            "",
            "zz",
            "* * * *",
            "* * * * * *",
            "60 * * * *",
            "* 24 * * *",
            "* * 0 * *",
            "* * * 13 *",
            "* * * * 7",
            "5-1 * * * *",
            "*/0 * * * *",
            "*/x * * * *",
            "1/2 * * * *",
            "1,,2 * * * *",
            "-1 * * * *",
            "a-b * * * *",
            "@never",
            "@Daily",
        ] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }
}
