using TspActors.EndToEnd.Tests.Programs;

namespace TspActors.EndToEnd.Tests.Music;

/// <summary>Creates MP3s of every common kind in the folders of two peers. One song is in both folders, with different tags.</summary>
public static class SongMatrix
{
    /// <summary>The titles of the song in both folders: alice's title, then bob's.</summary>
    public static readonly string[] SharedTitles = ["Ours", "Mine, not yours"];

    private static readonly Recipe[] Recipes =
    [
        new("cbr-32", 44_100, 2, "-b", "32"),
        new("cbr-64", 44_100, 2, "-b", "64"),
        new("cbr-96", 44_100, 2, "-b", "96"),
        new("cbr-128", 44_100, 2, "-b", "128"),
        new("cbr-160", 44_100, 2, "-b", "160"),
        new("cbr-192", 44_100, 2, "-b", "192"),
        new("cbr-224", 44_100, 2, "-b", "224"),
        new("cbr-256", 44_100, 2, "-b", "256"),
        new("cbr-320", 44_100, 2, "-b", "320"),
        new("cbr-no-info-frame", 44_100, 2, "-b", "128", "-t"),
        new("cbr-checksums", 44_100, 2, "-b", "128", "-p"),
        new("vbr-best", 44_100, 2, "-V", "0"),
        new("vbr-good", 44_100, 2, "-V", "2"),
        new("vbr-small", 44_100, 2, "-V", "5"),
        new("vbr-least", 44_100, 2, "-V", "9"),
        new("vbr-no-info-frame", 44_100, 2, "-V", "4", "-t"),
        new("abr-120", 44_100, 2, "--abr", "120"),
        new("abr-190", 44_100, 2, "--abr", "190"),
        new("stereo", 44_100, 2, "-b", "128", "-m", "s"),
        new("joint-stereo", 44_100, 2, "-b", "128", "-m", "j"),
        new("dual-channel", 44_100, 2, "-b", "128", "-m", "d"),
        new("mono", 44_100, 1, "-b", "64", "-m", "m"),
        new("48-khz", 48_000, 2, "-b", "192", "--resample", "48"),
        new("32-khz", 32_000, 2, "-b", "112", "--resample", "32"),
        new("24-khz", 24_000, 2, "-b", "64", "--resample", "24"),
        new("22-khz", 22_050, 2, "-b", "56", "--resample", "22.05"),
        new("16-khz-mono", 16_000, 1, "-b", "32", "-m", "m", "--resample", "16"),
        new("16-khz-vbr", 16_000, 2, "-V", "6", "--resample", "16"),
        new("12-khz", 12_000, 1, "-b", "24", "-m", "m", "--resample", "12"),
        new("11-khz", 11_025, 1, "-b", "16", "-m", "m", "--resample", "11.025"),
        new("8-khz", 8_000, 1, "-b", "16", "-m", "m", "--resample", "8"),
        new("id3v1", 44_100, 2, "-b", "128", "--id3v1-only", "--tt", "id3v1", "--ta", "An artist"),
        new(
            "id3v23", 44_100, 2, "-b", "128", "--id3v2-only", "--tt", "id3v23", "--ta", "An artist", "--tl", "An album", "--ty", "1999",
            "--tn", "7"),
        new("id3v23-utf16", 44_100, 2, "-b", "128", "--id3v2-only", "--id3v2-utf16", "--tt", "id3v23-utf16", "--ta", "Ärtïst"),
    ];

    /// <summary>Fills the two folders.</summary>
    /// <returns>The paths of all files. The song in both folders appears twice.</returns>
    public static async Task<IReadOnlyList<string>> CreateAsync(string alice, string bob)
    {
        var files = new List<string>();
        foreach (var (index, recipe) in Recipes.Index())
        {
            var song = await Songs.EncodeAsync(Songs.Wav(200 + 10 * index, 1.5, recipe.Rate, recipe.Channels), recipe.Lame);
            var folder = Directory.CreateDirectory(Path.Combine(index % 2 == 0 ? alice : bob, $"disc {index % 3}")).FullName;
            files.Add(Path.Combine(folder, $"{recipe.Name}.mp3"));
            await File.WriteAllBytesAsync(files[^1], song);
        }

        files.Add(await Id3v24Async(alice));
        files.Add(await CoverAsync(bob));
        var plain = await Songs.ToneAsync(900);
        files.Add(Write(alice, "shared.mp3", [.. TagBytes.Id3v23(("TIT2", SharedTitles[0]), ("TPE1", "Us")), .. plain]));
        files.Add(Write(bob, "another name.mp3", [.. plain, .. TagBytes.Id3v1(SharedTitles[1], "Me")]));
        files.Add(Write(bob, "ape.mp3", [.. await Songs.ToneAsync(910), .. TagBytes.Ape(("Title", "ape"), ("Artist", "Ünïcode"))]));
        files.Add(Write(alice, "all-tags.mp3",
            [.. TagBytes.Id3v23(("TIT2", "all-tags")), .. await Songs.ToneAsync(920), .. TagBytes.Ape(("Title", "no")),
                .. TagBytes.Id3v1("no", "no")]));
        files.Add(
            Write(bob, "junk-around.mp3", [.. new byte[1000], .. await Songs.ToneAsync(930), .. "this is no audio"u8, .. new byte[500]]));
        files.Add(Write(alice, "cut-short.mp3", (await Songs.ToneAsync(940))[..^200]));
        // A truncated file that was just written could still be growing, so it would not be shared at once.
        File.SetLastWriteTimeUtc(files[^1], DateTime.UtcNow.AddHours(-1));
        return files;
    }

    private static string Write(string folder, string name, byte[] bytes)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private static async Task<string> Id3v24Async(string folder)
    {
        using var temporary = new TempFolder();
        var plain = Write(temporary.Path, "plain.mp3", await Songs.ToneAsync(950));
        var path = Path.Combine(folder, "id3v24.mp3");
        await Native.RunAsync(
            "ffmpeg", "-v", "error", "-i", plain, "-c", "copy", "-id3v2_version", "4", "-metadata", "title=id3v24", "-metadata",
            "artist=Ünïcode", path);
        return path;
    }

    private static async Task<string> CoverAsync(string folder)
    {
        using var temporary = new TempFolder();
        var plain = Write(temporary.Path, "plain.mp3", await Songs.ToneAsync(960));
        await Native.RunAsync(
            "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=size=640x640", "-frames:v", "1", temporary.In("cover.png"));
        var path = Path.Combine(folder, "cover.mp3");
        await Native.RunAsync(
            "ffmpeg", "-v", "error", "-i", plain, "-i", temporary.In("cover.png"), "-map", "0:a", "-map", "1:v", "-c", "copy",
            "-id3v2_version", "3",
            "-metadata", "title=cover", path);
        return path;
    }

    private sealed record Recipe(string Name, int Rate, int Channels, params string[] Lame);
}
