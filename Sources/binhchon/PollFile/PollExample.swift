/// The definition that `binhchon polls example` prints; the same as `examples/hai-chau-hai-long.yaml`.
enum PollExample {
  static let haiChau = """
    # A poll: publish it with `binhchon polls publish examples/hai-chau-hai-long.yaml`.
    # Publishing a changed file makes the next version; ballots already cast keep the version they were cast in.
    id: hai-chau-hai-long
    title:
      vi: Đánh giá mức độ hài lòng với chất lượng phục vụ của UBND Quận Hải Châu
      en: Satisfaction with the service of the Hải Châu District People's Committee

    # The root of the units the poll is about, and every unit that may cast ballots in it.
    unit: hai-chau
    units:
      - path: hai-chau
        name:
          vi: UBND Quận Hải Châu
          en: Hải Châu District People's Committee
      - path: hai-chau/mot-cua
        name:
          vi: Bộ phận Một cửa
          en: One-stop shop
      - path: hai-chau/mot-cua/quay-01
        name:
          vi: Quầy 01
          en: Counter 01
      - path: hai-chau/mot-cua/quay-02
        name:
          vi: Quầy 02
          en: Counter 02
      - path: hai-chau/mot-cua/quay-03
        name:
          vi: Quầy 03
          en: Counter 03

    policy:
      # The finest clock that is kept of a ballot: second, minute, hour or day.
      time-precision: second
      # true: one rating per dossier; every ballot must then name its dossier.
      one-per-credential: false
      # A press of a kiosk sooner than this after the one before it is flagged; left out: none is.
      cooldown: 2s
      # So are presses beyond so many in so long; left out: none is.
      burst: {presses: 10, within: 30s}
      # So long after closing ballots are still taken that were made before it.
      late-until-seal: 7d
      # Published counts of fewer people than this are left out: 3 to 1000, or 1 to leave out nothing. After a version with
      # another k, 1 opens nothing: figures hold the ballots of all versions.
      k: 5
      # pseudonymous: a ballot may carry a keyed hash of its dossier. anonymous: it never does, and time-precision must be
      # hour or day. Fixed by the first version.
      anonymity: pseudonymous
      # 2: a batch of paper is entered by two persons; 1: its manifest may ask for a single entry, which figures then say.
      paper-entries: 2

    # How a kiosk shows it. All of it may be left out; these are the usual values.
    kiosk:
      # In the order they are offered; the first is the one that the next citizen finds. Left out: vi, en, and all others
      # that questions are there in.
      languages: [vi, en]
      # Without a key for so long the page is as for the next citizen.
      idle-timeout: 30s
      thanks:
        vi: Xin cảm ơn Ông/Bà!
        en: Thank you!
      thanks-duration: 2s
      # Optional questions that follow every rating one by one, each may be skipped; those with an asked-if about the
      # rating follow by themselves. Left out: only these.
      # questions: [phuc-vu]

    # opens: 2025-01-01T00:00:00+07:00    left out: open from publication
    # closes: 2026-01-01T00:00:00+07:00   left out: until `binhchon polls close`

    questions:
      - id: hai-long
        # ordinal: 2 to 11 levels from worst to best; single: one of several; multiple: up to votes-allowed;
        # indicator: 0, 1, 2; scale0to10: 0 to 10, whose choices may be left out.
        # After all others: text, with a text, most-bytes (1000), asked-if and no choices, for `vote --comment`.
        kind: ordinal
        # meaning: 2    raise it when the words ask something else: figures begin anew. Left out: 1.
        text:
          # Other languages by their tag, such as km; where there is none, vi is shown.
          vi: Ông/Bà hài lòng đến mức nào với chất lượng phục vụ hôm nay?
          en: How satisfied are you with today's service?
        choices:
          - code: RKHL
            label:
              vi: Rất không hài lòng
              en: Very dissatisfied
          - code: KHL
            label:
              vi: Không hài lòng
              en: Dissatisfied
          - code: BT
            label:
              vi: Bình thường
              en: Neutral
          - code: HL
            label:
              vi: Hài lòng
              en: Satisfied
          - code: RHL
            label:
              vi: Rất hài lòng
              en: Very satisfied

      - id: ly-do
        kind: single
        # It may be skipped.
        optional: true
        # Only asked after one of these answers to an earlier question; then there are six choices at most. Of several
        # questions: `asked-if: {all: [{question: …, choices: […]}, …]}`, or `any`.
        asked-if: {question: hai-long, choices: [RKHL, KHL]}
        text:
          vi: Điều gì khiến Ông/Bà chưa hài lòng?
          en: What were you not satisfied with?
        choices:
          - code: THAI-DO
            label:
              vi: Thái độ phục vụ
              en: How I was treated
          - code: CHO-LAU
            label:
              vi: Thời gian chờ lâu
              en: The wait was long
          - code: HO-SO
            label:
              vi: Hồ sơ, thủ tục phức tạp
              en: Complicated paperwork
          - code: TRE-HEN
            label:
              vi: Trả kết quả trễ hẹn
              en: The result came late
          - code: HUONG-DAN
            label:
              vi: Hướng dẫn chưa rõ ràng
              en: Unclear instructions
          - code: KHAC
            label:
              vi: Lý do khác
              en: Something else

    """
}
