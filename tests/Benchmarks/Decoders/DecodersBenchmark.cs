using System.Globalization;
using TspActors.Playback;
using TspActors.Playback.Decoders.Layer3;
using TspActors.Playback.Mpg123;
using TspActors.Playback.Windows;

namespace TspActors.Benchmarks.Decoders;

/// <summary>
/// The verb "decoders [all]" decodes 200 generated MP3s with every decoder of this machine, and compares the samples with those of the
/// first one. "all" adds a line for every song that differs. "save FILE" writes the songs and those samples, and "load FILE" compares with
/// them: on Windows, or under Wine.
/// </summary>
internal static class DecodersBenchmark
{
    // To compare another decoder, add a line. The first one that can be used is the reference.
    private static readonly (string Name, Func<bool> CanBeUsed, Func<IMp3Decoder> New)[] Decoders =
    [
        ("mpg123", () => Mpg123Library.Available, () => new Mpg123Decoder()),
        ("Windows codec", () => WindowsAudio.Decoder.Problem is null, () => WindowsAudio.Decoder.New(_ => { })),
        ("NLayer", () => true, () => NLayerDecoder.New(_ => { })),
    ];

    internal static int Run(string[] arguments)
    {
        if (arguments is ["load", var saved])
        {
            var (songs, reference) = SavedMaterial.Load(saved);
            Compare(songs, reference, isVerbose: false);
            return 0;
        }

        if (arguments is not ([] or ["all"] or ["save", _]))
        {
            Console.Error.WriteLine("usage: decoders [all | save FILE | load FILE]");
            return 2;
        }

        var folder = Directory.CreateTempSubdirectory("tsp-decoders-");
        try
        {
            List<TestSong> songs = [.. DecoderMaterial.Generate(folder.FullName)];
            if (arguments is ["save", var file])
                SavedMaterial.Save(file, songs, Decode(songs, Decoders.First(decoder => decoder.CanBeUsed()).New));
            else
                Compare(songs, null, isVerbose: arguments is ["all"]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        return 0;
    }

    // The first pass compiles the code. Only the last one counts.
    private static List<DecodedSong> Decode(IReadOnlyList<TestSong> songs, Func<IMp3Decoder> newDecoder) => Enumerable.Range(0, 3)
        .Select(_ => songs.Select(song => DecodedSong.Decode(song.Bytes, newDecoder)).ToList())
        .Last();

    private static void Compare(IReadOnlyList<TestSong> songs, IReadOnlyList<DecodedSong>? saved, bool isVerbose)
    {
        var usable = Decoders.Where(decoder => decoder.CanBeUsed()).ToArray();
        var decoded = usable.ToDictionary(decoder => decoder.Name, decoder => Decode(songs, decoder.New));
        var reference = saved ?? decoded[usable[0].Name];
        var referenceName = saved is null ? usable[0].Name : "the saved samples";
        Console.WriteLine($"{songs.Count} songs, compared with {referenceName}");
        Console.WriteLine();
        Console.WriteLine(
            "| songs | decoder | number | threw | same length | as long as encoded | within one step | largest difference | RMS | peak "
            + "| times as fast as it plays |");
        Console.WriteLine("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
        foreach (var group in songs.Select(song => song.Group).Distinct())
        {
            foreach (var (name, results) in decoded)
            {
                var comparisons = songs.Index().Where(song => song.Item.Group == group)
                    .Select(song => new DecoderComparison(song.Item, reference[song.Index], results[song.Index])).ToList();
                Console.WriteLine($"| {group} | {name} | {DecoderComparison.Row(comparisons)} |");
            }
        }

        foreach (var (name, results) in isVerbose ? decoded.Skip(saved is null ? 1 : 0) : [])
        {
            Console.WriteLine();
            foreach (var (index, song) in songs.Index())
            {
                var comparison = new DecoderComparison(song, reference[index], results[index]);
                if (!comparison.IsWithinOneStep)
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {song.Name}: {comparison}"));
            }
        }
    }
}
