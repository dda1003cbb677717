import Schema

/// A poll that takes one rating per dossier.
enum DossierPoll {
  static let id = "ho-so"

  static var publishRequest: Binhchon_V1_PublishPollRequest {
    func text(_ vi: String, _ en: String) -> Binhchon_V1_LocalizedText {
      var text = Binhchon_V1_LocalizedText()
      text.vi = vi
      text.en = en
      return text
    }
    var request = Binhchon_V1_PublishPollRequest()
    request.poll.id = id
    request.poll.title = text("Đánh giá hồ sơ", "Rating of a dossier")
    request.poll.unit = "hai-chau"
    var unit = Binhchon_V1_Unit()
    unit.path = "hai-chau/mot-cua/quay-01"
    unit.name = text("Quầy 01", "Counter 01")
    request.poll.units = [unit]
    var question = Binhchon_V1_Question()
    question.id = "hai-long"
    question.text = text("Hài lòng?", "Satisfied?")
    question.kind = .ordinal
    question.choices = Ballots.levels.map { code in
      var choice = Binhchon_V1_Choice()
      choice.code = code
      choice.label = text(code, code)
      return choice
    }
    request.poll.questions = [question]
    request.poll.policy.onePerCredential = true
    // Tests look at single ballots.
    request.poll.policy.k = 1
    return request
  }

  static func ballot(_ choice: String, credential: String) -> Binhchon_V1_Ballot {
    Ballots.ballot(choice, poll: id, credential: credential)
  }
}
