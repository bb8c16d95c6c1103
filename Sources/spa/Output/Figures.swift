import Evaluation

/// Numbers for people, everywhere alike.
typealias Figures = Evaluation.Figures
