using FsCheck;
using FsCheck.Xunit;
using TspActors.Configuration;
using TspActors.Peer.Hosting;
using TspActors.Peer.Hosting.Limits;

namespace TspActors.Peer.Tests.Hosting.Limits;

/// <summary>Checks upload limits that depend on the time of day.</summary>
public sealed class UploadScheduleSpecs
{
    [Theory]
    [InlineData("00:00", 0)]
    [InlineData("06:59", 0)]
    [InlineData("07:00", 250_000)]
    [InlineData("22:59", 250_000)]
    [InlineData("23:00", 0)]
    [InlineData("23:59", 0)]
    public void An_entry_applies_from_its_start_until_just_before_its_end_even_across_midnight(string time, long rate)
    {
        Assert.Null(UploadSchedule.Parse(["23:00-07:00 unlimited", "07:00-23:00 2 Mbit/s"], HostingLimits.LeastUpload, out var schedule));

        Assert.Equal(new Rate(rate), schedule.At(At(time)));
    }

    [Fact]
    public void Outside_all_entries_the_general_limit_applies()
    {
        UploadSchedule.Parse(["18:00-24:00 1 Mbit/s"], HostingLimits.LeastUpload, out var schedule);

        Assert.Null(schedule.At(At("17:59")));
        Assert.NotNull(schedule.At(At("18:00")));
        Assert.NotNull(schedule.At(At("23:59")));
        Assert.Null(schedule.At(At("00:00")));
        Assert.Null(UploadSchedule.Empty.At(At("00:00")));
    }

    [Theory]
    [InlineData("23:00-07:00 none", "06:59-12:00 none", "overlaps \"23:00-07:00 none\" at 06:59")]
    [InlineData("07:00-23:00 none", "22:59-06:00 none", "at 22:59")]
    [InlineData("00:00-24:00 none", "12:00-12:01 none", "at 12:00")]
    [InlineData("01:00-02:00 none", "03:00-04:00 64 kbit/s", "below 256 kbit/s")]
    public void An_invalid_schedule_is_refused_with_the_reason(string first, string second, string what)
    {
        var fault = UploadSchedule.Parse([first, second], HostingLimits.LeastUpload, out var schedule);

        Assert.Equal(1, fault?.Entry);
        Assert.Contains(what, fault?.What, StringComparison.Ordinal);
        Assert.True(schedule.IsEmpty);
    }

    [Theory]
    [InlineData("")]
    [InlineData("at night none")]
    [InlineData("07:00-07:00 none")]
    [InlineData("24:00-07:00 none")]
    [InlineData("07:00-25:00 none")]
    [InlineData("7-8 none")]
    [InlineData("07:00-08:00")]
    [InlineData("07:00-08:00 10")]
    public void A_malformed_entry_is_refused(string text) =>
        Assert.Equal(0, UploadSchedule.Parse([text], HostingLimits.LeastUpload, out _)?.Entry);

    [Property]
    public bool The_limit_applies_to_exactly_the_minutes_of_its_entry(NonNegativeInt from, NonNegativeInt length)
    {
        var (begin, minutes) = (from.Get % 1440, 1 + (length.Get % 1439));
        var text = $"{Text(begin)}-{Text((begin + minutes) % 1440)} 1 Mbit/s";
        UploadSchedule.Parse([text], HostingLimits.LeastUpload, out var schedule);

        return schedule.ToString() == text
            && Enumerable.Range(0, 1440).All(
                minute => schedule.At(TimeOnly.MinValue.AddMinutes(minute)) is not null == (minute - begin + 1440) % 1440 < minutes);
    }

    private static string Text(int minute) => $"{minute / 60:00}:{minute % 60:00}";

    private static TimeOnly At(string text) => TimeOnly.ParseExact(text, "HH:mm", System.Globalization.CultureInfo.InvariantCulture);
}
