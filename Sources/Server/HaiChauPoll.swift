public import Polling

/// The poll of the Hải Châu District People's Committee, as `binhchond init --demo` publishes it and tests cast in it: that
/// of examples/, without its cooldown and burst, for whoever tries a kiosk out presses more than once.
public enum HaiChauPoll {
  public static func poll() throws(InvalidValue) -> Poll {
    func unit(_ path: String, _ vi: String, _ en: String) throws(InvalidValue) -> Unit {
      Unit(path: try UnitPath(path), name: LocalizedText(vi: vi, en: en))
    }
    func choice(_ code: String, _ vi: String, _ en: String) -> Choice {
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
            choice("RKHL", "Rất không hài lòng", "Very dissatisfied"),
            choice("KHL", "Không hài lòng", "Dissatisfied"),
            choice("BT", "Bình thường", "Neutral"),
            choice("HL", "Hài lòng", "Satisfied"),
            choice("RHL", "Rất hài lòng", "Very satisfied"),
          ]),
        Question(
          id: "ly-do",
          text: LocalizedText(
            vi: "Điều gì khiến Ông/Bà chưa hài lòng?", en: "What were you not satisfied with?"),
          kind: .single, isOptional: true,
          choices: [
            choice("THAI-DO", "Thái độ phục vụ", "How I was treated"),
            choice("CHO-LAU", "Thời gian chờ lâu", "The wait was long"),
            choice("HO-SO", "Hồ sơ, thủ tục phức tạp", "Complicated paperwork"),
            choice("TRE-HEN", "Trả kết quả trễ hẹn", "The result came late"),
            choice("HUONG-DAN", "Hướng dẫn chưa rõ ràng", "Unclear instructions"),
            choice("KHAC", "Lý do khác", "Something else"),
          ],
          askedIf: Condition(question: "hai-long", choices: ["RKHL", "KHL"])),
      ],
      // Who tries it out wants to see one tap move a bar: nothing is left out, which a real poll must not copy.
      policy: Policy(smallestGroup: 1))
  }
}
