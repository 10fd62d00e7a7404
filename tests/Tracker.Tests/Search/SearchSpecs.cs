using TspActors.Protocol;
using TspActors.Tracker.Search;

namespace TspActors.Tracker.Tests.Search;

public sealed class SearchSpecs
{
    [Theory]
    [InlineData("harbour", true)]
    [InlineData("harb", true)]
    [InlineData("HARBOUR lights", true)]
    [InlineData("lights harbour", true)]
    [InlineData("harbour anna", true)]
    [InlineData("ann blu har", true)]
    [InlineData("arbour", false)]
    [InlineData("harbourx", false)]
    [InlineData("harbour bella", false)]
    [InlineData("Jazz", false)]
    public void Every_word_of_a_query_must_match_the_start_of_a_word(string query, bool fits) =>
        Assert.Equal(fits, Fits("Harbour Lights", query));

    [Theory]
    [InlineData("Björk", "bjork")]
    [InlineData("bjork", "BJÖRK")]
    [InlineData("Bjo\u0308rk", "björk")]
    [InlineData("Mötley Crüe", "motley crue")]
    [InlineData("Röyksopp", "royksopp")]
    [InlineData("Røyksopp", "royksopp")]
    [InlineData("Łódź", "lodz")]
    [InlineData("Đorđe", "dorde")]
    [InlineData("Straße", "STRASSE")]
    [InlineData("Ærø", "aero")]
    [InlineData("Cœur", "coeur")]
    [InlineData("İstanbul", "istanbul")]
    [InlineData("ışık", "isik")]
    [InlineData("Tiếng Việt", "tieng viet")]
    [InlineData("ﬁne", "fine")]
    [InlineData("Ｆｕｌｌ　Ｗｉｄｔｈ", "full width")]
    [InlineData("x²", "x2")]
    [InlineData("Part Ⅷ", "part viii")]
    public void Accents_ligatures_and_widths_make_no_difference(string title, string query)
    {
        Assert.True(Fits(title, query), "the query should find the title");
        Assert.True(Fits(query, title), "the query, as a title, should be found by the title, as a query");
    }

    [Theory]
    [InlineData("Подмосковные Вечера", "подмосковные")]
    [InlineData("Ёлка", "елка")]
    [InlineData("Ο ΟΔΟΣ", "οδος")]
    [InlineData("Μάτια", "ματια")]
    [InlineData("夜に駆ける", "夜に駆ける")]
    [InlineData("夜に駆ける", "駆ける")]
    [InlineData("ガラス", "ｶﾞﾗｽ")]
    [InlineData("청바지 아가씨", "아가씨")]
    [InlineData("청바지", "\u110e\u1165\u11bc\u1107\u1161\u110c\u1175")]
    [InlineData("مرحبا بالعالم", "بالعالم")]
    [InlineData("שלום עולם", "עולם")]
    [InlineData("नमस्ते दुनिया", "दुनिया")]
    [InlineData("สวัสดีชาวโลก", "ชาวโลก")]
    [InlineData("abc夜def", "def")]
    public void Titles_in_other_scripts_are_found(string title, string query) => Assert.True(Fits(title, query));

    [Theory]
    [InlineData("Don't Stop", "dont")]
    [InlineData("Don’t Stop", "don't")]
    [InlineData("Dont Stop", "don’t")]
    [InlineData("AC/DC", "dc")]
    [InlineData("Symphony №9", "symphony 9")]
    [InlineData("A$AP", "a$ap")]
    [InlineData("I ❤ You", "❤")]
    [InlineData("love❤", "❤")]
    [InlineData("love❤", "love")]
    [InlineData("Party 🎉🎉 Time", "🎉 time")]
    [InlineData("\"Heroes\"", "heroes")]
    [InlineData("heroes", "\"heroes\"")]
    [InlineData("C++ Blues", "c++")]
    [InlineData("99 Luftballons", "99")]
    public void Quotes_and_symbols_do_not_prevent_a_match(string title, string query) => Assert.True(Fits(title, query));

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("\0\u0001\u200b")]
    [InlineData("\ud800")]
    [InlineData("\udc00\ud800")]
    [InlineData("\ufffd")]
    public void A_query_without_words_matches_everything(string query) => Assert.True(Fits("Harbour Lights", query));

    [Theory]
    [InlineData("!!!", "!!!", true)]
    [InlineData("!!!", "!!", true)]
    [InlineData("? and the Mysterians", "?", false)]
    [InlineData("?", "?", true)]
    [InlineData("Harbour Lights", "!!!", false)]
    [InlineData("Harbour Lights", "?!\"-", false)]
    [InlineData("Harbour Lights", "*", false)]
    [InlineData("***", "* * *", true)]
    [InlineData("()", "（）", true)]
    public void A_word_may_consist_of_punctuation_alone(string title, string query, bool fits) => Assert.Equal(fits, Fits(title, query));

    [Theory]
    [InlineData("Don‘t Stop")]
    [InlineData("Don`t Stop")]
    [InlineData("Don´t Stop")]
    [InlineData("Donʼt Stop")]
    [InlineData("Don′t Stop")]
    [InlineData("Don＇t Stop")]
    public void All_apostrophes_are_equivalent(string title)
    {
        Assert.True(Fits(title, "don't stop"));
        Assert.True(Fits(title, "dont stop"));
        Assert.True(Fits("Don't Stop", title));
    }

    [Theory]
    [InlineData("Hawaiʻi", "hawaii")]
    [InlineData("Soft\u00ADhyphen", "softhyphen")]
    [InlineData("Zero\u200Bwidth", "zerowidth")]
    [InlineData("\u202EDirection", "direction")]
    [InlineData("Byte\uFEFForder", "byteorder")]
    public void Invisible_characters_do_not_split_a_word(string title, string query) => Assert.True(Fits(title, query));

    [Fact]
    public void A_lone_surrogate_breaks_neither_a_title_nor_a_query()
    {
        Assert.True(Fits("Bjö\ud800rk", "bjo"));
        Assert.True(Fits("Björk", "bjork \udc00"));
    }

    [Fact]
    public void A_query_of_ten_kilobytes_is_cut_short()
    {
        Assert.False(Fits("Harbour Lights", new string('x', 10_240)));
        Assert.True(Fits("Harbour Lights", string.Concat(Enumerable.Repeat("harbour lights ", 700))));
        Assert.True(Fits("Harbour Lights", "harbour " + new string(' ', 10_240) + "never read"));
    }

    [Fact]
    public void A_query_that_is_cut_inside_a_surrogate_pair_loses_only_that_character() =>
        Assert.True(Fits("Harbour 🎉", "harbour" + new string(' ', 1024 - 8) + "🎉"));

    [Fact]
    public void Only_the_first_16_words_of_a_query_count()
    {
        var words = Enumerable.Range(1, 16).Select(n => $"w{n}").ToList();
        Assert.True(Fits(string.Join(' ', words), string.Join(' ', words) + " w17"));
    }

    [Fact]
    public void Hits_are_ranked_by_exact_title_title_prefix_title_match_and_id()
    {
        var catalog = Samples.Catalog(
            Samples.Song(1, "River", "Moon"),
            Samples.Song(2, "Over the Moon River"),
            Samples.Song(3, "Moon River Waltz"),
            Samples.Song(4, "Moon River"),
            Samples.Song(5, "Moon River Blues"),
            Samples.Song(6, "Sun"),
            Samples.Song(7, "River of the Moon"));
        Assert.Equal([4, 3, 5, 2, 7, 1], catalog.Search("moon river"));
        Assert.Equal([3, 4, 5, 2, 7, 1], catalog.Search("Moon  RIV"));
        Assert.Empty(catalog.Search("mars"));
    }

    [Theory]
    [InlineData("Run Run Run", "run run run")]
    [InlineData("夜に駆ける", "夜に駆ける")]
    public void An_exact_title_is_the_first_hit(string title, string query) =>
        Assert.Equal([2, 1], Samples.Catalog(Samples.Song(1, $"{title} again"), Samples.Song(2, title)).Search(query));

    [Theory]
    [InlineData("夜に駆ける", "夜駆", false)]
    [InlineData("夜に駆ける", "に駆ける", true)]
    [InlineData("夜に駆ける", "に駆けた", false)]
    [InlineData("夜に駆ける", "夜 駆", true)]
    [InlineData("夜に駆ける", "る", true)]
    [InlineData("𠀀𠀁𠀂𠀃𠀄", "𠀁𠀂𠀃𠀄", true)]
    [InlineData("𠀀𠀁𠀂𠀃𠀄", "𠀁𠀃", false)]
    public void In_scripts_without_spaces_a_word_may_start_anywhere(string title, string query, bool fits) =>
        Assert.Equal(fits, Fits(title, query));

    [Fact]
    public void Words_that_very_many_songs_contain_are_found_like_any_others()
    {
        var catalog = Samples.Catalog(Enumerable.Range(1,
            6000).Select(n => Samples.Song(n, n % 3 == 0 ? $"The Moon {n}" : $"Theme {n}", album: n % 2 == 0 ? "Moonlight" : "Day")));
        Assert.Equal(Enumerable.Range(1, 6000), catalog.Search("the anna").Order());
        Assert.Equal(Enumerable.Range(1, 6000).Where(n => n % 3 == 0), catalog.Search("the moon").Take(2000));
        Assert.Equal(4000, catalog.Search("moon").Count);
        Assert.Equal(Enumerable.Range(1, 6000).Where(n => n % 3 == 0), catalog.Search("moon").Take(2000));
        Assert.Equal([4002], catalog.Search("4002 t m d").Concat(catalog.Search("4002 t m")));
    }

    [Fact]
    public void A_song_with_very_many_words_is_only_partly_indexed_but_always_with_its_artist()
    {
        var title = string.Join(' ', Enumerable.Range(1, 200).Select(n => $"w{n}"));
        var catalog = Samples.Catalog(
            Samples.Song(1, title, "Anna anna ANNA", string.Join(' ', Enumerable.Range(1, 200).Select(n => $"a{n}"))));
        Assert.Equal([1], catalog.Search("w31 anna a10"));
        Assert.Empty(catalog.Search("w32"));
        Assert.Empty(catalog.Search("a100"));
        Assert.Equal(
            64, SearchDocument.From(new SongTags { Title = new string('字', 300) + title, Artist = title, Album = title }).Count);
    }

    [Fact]
    public void Words_of_different_tags_do_not_run_together() =>
        Assert.Empty(Samples.Catalog(Samples.Song(1, "ab", "cd", "ef")).Search("abcd"));

    private static bool Fits(string title, string query) => Samples.Catalog(Samples.Song(1, title)).Search(query).Count > 0;
}
