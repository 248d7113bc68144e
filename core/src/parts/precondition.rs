//! Requests on a condition: `If-Match` (RFC 9110 §13.1.1), the 412 of one that is not met, and the 428 of a server that requires one (RFC 6585 §3).

/// An entity tag (RFC 9110 §8.8.3).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Etag {
    /// What stands between the quotes.
    pub opaque: u32,
    /// Whether it is a weak one, `W/"…"`.
    pub weak: bool,
}

impl Etag {
    /// A strong one.
    pub const fn strong(opaque: u32) -> Etag {
        Etag { opaque, weak: false }
    }

    /// Strong comparison (§8.8.3.2): both strong, and the same; `If-Match` must compare so.
    pub fn matches(self, other: Etag) -> bool {
        !self.weak && !other.weak && self.opaque == other.opaque
    }
}

/// The field `If-Match` of a request.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum IfMatch {
    /// The request has none.
    Absent,
    /// `*`: whatever there is, but something.
    Any,
    /// One of these.
    Tags(Vec<Etag>),
}

/// What a server does with a request.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Verdict {
    /// It performs it.
    Perform,
    /// 412 Precondition Failed. RFC 9110 also allows a 2xx where the change seems to have been applied already; which of the two is up to the server.
    Failed,
    /// 428 Precondition Required.
    Required,
}

impl Verdict {
    /// The status that it is refused with.
    pub fn status(self) -> Option<u16> {
        match self {
            Verdict::Perform => None,
            Verdict::Failed => Some(412),
            Verdict::Required => Some(428),
        }
    }
}

/// What a server does that holds `current`, or nothing, and perhaps requires a condition.
pub fn evaluate(required: bool, field: &IfMatch, current: Option<Etag>) -> Verdict {
    match field {
        IfMatch::Absent if required => Verdict::Required,
        IfMatch::Absent => Verdict::Perform,
        IfMatch::Any if current.is_some() => Verdict::Perform,
        IfMatch::Tags(tags) if current.is_some_and(|now| tags.iter().any(|tag| tag.matches(now))) => {
            Verdict::Perform
        }
        IfMatch::Any | IfMatch::Tags(_) => Verdict::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 9110 §13.1.1 with §8.8.3.2, and RFC 6585 §3, row by row.
    #[test]
    fn conditions_of_the_rfcs() {
        let (one, two, weak) = (Etag::strong(1), Etag::strong(2), Etag { opaque: 1, weak: true });
        let tags = |tags: &[Etag]| IfMatch::Tags(tags.to_vec());
        let cases = [
            (false, IfMatch::Absent, Some(one), None),
            (false, IfMatch::Absent, None, None),
            (true, IfMatch::Absent, Some(one), Some(428)),
            (true, IfMatch::Absent, None, Some(428)),
            (true, tags(&[one]), Some(one), None),
            (false, IfMatch::Any, Some(one), None),
            (false, IfMatch::Any, Some(weak), None),
            (false, IfMatch::Any, None, Some(412)),
            (false, tags(&[one]), Some(one), None),
            (false, tags(&[two, one]), Some(one), None),
            (false, tags(&[one]), Some(two), Some(412)),
            (false, tags(&[one]), None, Some(412)),
            (false, tags(&[]), Some(one), Some(412)),
            (false, tags(&[weak]), Some(weak), Some(412)),
            (false, tags(&[weak]), Some(one), Some(412)),
            (false, tags(&[one]), Some(weak), Some(412)),
        ];
        for (number, (required, field, current, status)) in cases.into_iter().enumerate() {
            assert_eq!(evaluate(required, &field, current).status(), status, "row {number}");
        }
    }
}
