internal import Polling

extension Poll {
  /// The place of the one question that everybody is asked: what a file is about that names no question. Nil: there are
  /// more.
  var soleQuestion: Int? {
    let always = questions.indices.filter { questions[$0].askedIf == nil }
    return always.count == 1 ? always[0] : nil
  }
}
