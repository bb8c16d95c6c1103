import Testing

extension Tag {
    /// Needs the real base model's file; see `RealModel`.
    @Tag public static var realModel: Self
}
