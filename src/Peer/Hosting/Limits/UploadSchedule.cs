using System.Globalization;
using TspActors.Configuration;

namespace TspActors.Peer.Hosting.Limits;

/// <summary>
/// Upload limits by time of day, such as "23:00-07:00 none" or "07:00-23:00 2 Mbit/s". At other times the general limit applies.
/// </summary>
public sealed class UploadSchedule
{
    private const int MinutesOfADay = 24 * 60;

    private readonly Entry[] _entries;
    private readonly sbyte[] _entryAt;

    private UploadSchedule(Entry[] entries, sbyte[] entryAt)
    {
        _entries = entries;
        _entryAt = entryAt;
    }

    /// <summary>A schedule without entries.</summary>
    public static UploadSchedule Empty { get; } = new([], []);

    /// <summary>The maximum number of entries in a schedule.</summary>
    public const int MaxEntries = 24;

    /// <summary>True when the schedule has no entries.</summary>
    public bool IsEmpty => _entries.Length == 0;

    /// <summary>Parses the entries of a schedule.</summary>
    /// <param name="texts">Entries in the format "HH:MM-HH:MM rate" in local time. An entry that ends before it begins runs past midnight.
    /// </param>
    /// <param name="least">The lowest rate that an entry may have.</param>
    /// <param name="schedule">The parsed schedule.</param>
    /// <returns>The first invalid entry and a human-readable description of its fault; null when all are valid.</returns>
    internal static (int Entry, string What)? Parse(IReadOnlyList<string> texts, Rate least, out UploadSchedule schedule)
    {
        schedule = Empty;
        if (texts.Count == 0)
            return null;
        var entries = new Entry[Math.Min(texts.Count, MaxEntries)];
        var entryAt = new sbyte[MinutesOfADay];
        Array.Fill(entryAt, (sbyte)-1);
        for (var i = 0; i < entries.Length; i++)
        {
            if (!TryParse(texts[i], out entries[i]))
                return (i, "is not a time range and a rate");
            var (from, minutes, rate) = entries[i];
            if (!rate.IsNone && rate.BytesPerSecond < least.BytesPerSecond)
                return (i, $"has a rate below {least}");
            for (var passed = 0; passed < minutes; passed++)
            {
                var minute = (from + passed) % MinutesOfADay;
                if (entryAt[minute] >= 0)
                    return (i, $"overlaps \"{texts[entryAt[minute]]}\" at {minute / 60:00}:{minute % 60:00}");
                entryAt[minute] = (sbyte)i;
            }
        }

        schedule = new UploadSchedule(entries, entryAt);
        return null;
    }

    /// <summary>Returns the limit at a time of day; null when the general limit applies.</summary>
    public Rate? At(TimeOnly time) =>
        !IsEmpty && _entryAt[(time.Hour * 60) + time.Minute] is >= 0 and var entry ? _entries[entry].Rate : null;

    /// <summary>Returns the entries in the format used in the settings.</summary>
    public override string ToString() =>
        string.Join(
            ", ", _entries.Select(entry => $"{Text(entry.From)}-{Text((entry.From + entry.Minutes) % MinutesOfADay)} {entry.Rate}"));

    private static string Text(int minute) => string.Create(CultureInfo.InvariantCulture, $"{minute / 60:00}:{minute % 60:00}");

    private static bool TryParse(string text, out Entry entry)
    {
        entry = default;
        var parts = text.Split(' ', 2, StringSplitOptions.TrimEntries);
        var times = parts[0].Split('-');
        if (parts.Length != 2 || times.Length != 2 || !Rate.TryParse(parts[1], out var rate)
            || !TryParseTime(times[0], out var from) || !TryParseTime(times[1], out var until) || from == MinutesOfADay || from == until)
            return false;
        entry = new Entry(from, until > from ? until - from : until - from + MinutesOfADay, rate);
        return true;
    }

    private static bool TryParseTime(string text, out int minute)
    {
        minute = MinutesOfADay;
        if (text == "24:00")
            return true;
        var isTime = TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time);
        minute = (time.Hour * 60) + time.Minute;
        return isTime;
    }

    private readonly record struct Entry(int From, int Minutes, Rate Rate);
}
