public import Polling

/// The poll of the Hải Châu District People's Committee, as `binhchond init --demo` publishes it and tests cast in it.
public enum HaiChauPoll {
  public static func poll() throws(InvalidValue) -> Poll {
    func unit(_ path: String, _ vi: String, _ en: String) throws(InvalidValue) -> Unit {
      Unit(path: try UnitPath(path), name: LocalizedText(vi: vi, en: en))
    }
    func level(_ code: String, _ vi: String, _ en: String) -> Choice {
      Choice(code: code, label: LocalizedText(vi: vi, en: en))
    }

    return Poll(
      id: try PollID("hai-chau-hai-long"),
      title: LocalizedText(
        vi: "Đánh giá mức độ hài lòng với chất lượng phục vụ của UBND Quận Hải Châu",
        en: "Satisfaction with the service of the Hải Châu District People's Committee"),
      unit: try UnitPath("hai-chau"),
      units: [
        try unit("hai-chau", "UBND Quận Hải Châu", "Hải Châu District People's Committee"),
        try unit("hai-chau/mot-cua", "Bộ phận Một cửa", "One-stop shop"),
        try unit("hai-chau/mot-cua/quay-01", "Quầy 01", "Counter 01"),
        try unit("hai-chau/mot-cua/quay-02", "Quầy 02", "Counter 02"),
        try unit("hai-chau/mot-cua/quay-03", "Quầy 03", "Counter 03"),
      ],
      questions: [
        Question(
          id: "hai-long",
          text: LocalizedText(
            vi: "Ông/Bà hài lòng đến mức nào với chất lượng phục vụ hôm nay?",
            en: "How satisfied are you with today's service?"),
          kind: .ordinal,
          choices: [
            level("RKHL", "Rất không hài lòng", "Very dissatisfied"),
            level("KHL", "Không hài lòng", "Dissatisfied"),
            level("BT", "Bình thường", "Neutral"),
            level("HL", "Hài lòng", "Satisfied"),
            level("RHL", "Rất hài lòng", "Very satisfied"),
          ])
      ])
  }
}
