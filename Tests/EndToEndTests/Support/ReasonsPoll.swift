import Schema

/// A poll with everything that a kiosk's page can show: levels, reasons after the lower ones, a page of its own.
enum ReasonsPoll {
  static let id = "mot-cua"

  static func publishRequest(needsDossier: Bool = false) -> Binhchon_V1_PublishPollRequest {
    var request = DossierPoll.publishRequest
    request.poll.id = id
    request.poll.title = text("Mức độ hài lòng tại Bộ phận Một cửa", "Satisfaction at the one-stop shop")
    request.poll.policy.onePerCredential = needsDossier
    request.poll.questions[0].text = text(
      "Ông/Bà hài lòng đến mức nào hôm nay?", "How satisfied are you today?")
    let levels = [
      ("Rất không hài lòng", "Very dissatisfied"), ("Không hài lòng", "Dissatisfied"), ("Bình thường", "Neutral"),
      ("Hài lòng", "Satisfied"), ("Rất hài lòng", "Very satisfied"),
    ]
    for (index, (vi, en)) in levels.enumerated() { request.poll.questions[0].choices[index].label = text(vi, en) }
    var reasons = Binhchon_V1_Question()
    reasons.id = "ly-do"
    reasons.text = text("Điều gì khiến Ông/Bà chưa hài lòng?", "What were you not satisfied with?")
    reasons.kind = .multiple
    reasons.votesAllowed = 6
    reasons.optional = true
    reasons.askedIf.question = "hai-long"
    reasons.askedIf.choices = ["RKHL", "KHL"]
    reasons.choices = [
      ("CHO", "Chờ đợi lâu", "A long wait"), ("THAI-DO", "Thái độ phục vụ", "The staff's manner"),
      ("HUONG-DAN", "Hướng dẫn chưa rõ", "Unclear guidance"), ("LAN", "Đi lại nhiều lần", "Several visits"),
      ("PHI", "Phí, lệ phí", "The fees"), ("KHAC", "Lý do khác", "Something else"),
    ].map { code, vi, en in
      var choice = Binhchon_V1_Choice()
      choice.code = code
      choice.label = text(vi, en)
      return choice
    }
    request.poll.questions.append(reasons)
    request.poll.kiosk.languages = ["vi", "en"]
    request.poll.kiosk.idleTimeoutMs = 60_000
    request.poll.kiosk.thanks = text("Xin cảm ơn Ông/Bà!", "Thank you!")
    // So long that a test sees it.
    request.poll.kiosk.thanksDurationMs = 10_000
    return request
  }

  private static func text(_ vi: String, _ en: String) -> Binhchon_V1_LocalizedText {
    var text = Binhchon_V1_LocalizedText()
    (text.vi, text.en) = (vi, en)
    return text
  }
}
