/// Forms of English verbs.
public enum Verb {
    /// "shows" of "show".
    public static func thirdPerson(_ verb: String) -> String {
        if verb == "have" { return "has" }
        if ["s", "sh", "ch", "x", "o"].contains(where: verb.hasSuffix) { return verb + "es" }
        if verb.hasSuffix("y"), let before = verb.dropLast().last, !"aeiou".contains(before) {
            return verb.dropLast() + "ies"
        }
        return verb + "s"
    }
}
