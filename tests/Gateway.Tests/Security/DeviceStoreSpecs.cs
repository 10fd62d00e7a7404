using TspActors.Gateway.Security;

namespace TspActors.Gateway.Tests.Security;

public sealed class DeviceStoreSpecs : IDisposable
{
    private readonly ManualClock _clock = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly TempData _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public void A_device_that_the_command_line_adds_or_removes_is_noticed_by_the_running_gateway()
    {
        var running = Store();
        var command = Store();

        var device = command.Add("phone");
        Assert.Equal(device, Assert.Single(running.Devices));
        Assert.Matches("^[a-z2-7]{32}$", device.Key);
        Assert.Equal(device, command.Remove("PHONE"));
        Assert.Empty(running.Devices);
        Assert.Null(command.Remove("phone"));
    }

    [Fact]
    public void Files_that_root_creates_in_the_folder_of_another_user_belong_to_that_user()
    {
        if (!AnotherUser.CanOwn)
            return;
        AnotherUser.Own(_data.Path);

        Store().Add("phone");

        Assert.True(AnotherUser.Owns(_data.In(DeviceStore.FileName)));
        Assert.True(AnotherUser.Owns(_data.In(DeviceStore.FileName + ".lock")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("two\nlines")]
    [InlineData("a\u202Eb")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345")]
    public void An_impossible_name_is_refused(string name) => Assert.Throws<DeviceException>(() => Store().Add(name));

    [Fact]
    public void A_name_that_is_taken_and_a_device_beyond_the_limit_are_refused()
    {
        var store = Store();
        store.Add("phone");
        Assert.Throws<DeviceException>(() => store.Add("Phone"));
        store.Add("tablet");
        Assert.Throws<DeviceException>(() => store.Add("third"));
        Assert.Equal(["phone", "tablet"], store.Devices.Select(device => device.Name));
    }

    [Fact]
    public void A_damaged_file_is_an_error_that_names_it()
    {
        File.WriteAllText(_data.In(DeviceStore.FileName), "{ this is not JSON");

        Assert.Contains(DeviceStore.FileName, Assert.Throws<DeviceException>(Store).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[null]")]
    [InlineData("""[{"Id":"a","Name":"phone"}]""")]
    [InlineData("""[{"Id":"a","Name":"phone","Key":""}]""")]
    [InlineData("""[{"Id":"a","Name":"phone","Key":null}]""")]
    [InlineData("""[{"Id":"a","Name":"phone","Key":"short"}]""")]
    [InlineData("""[{"Name":"phone","Key":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}]""")]
    [InlineData("""[{"Id":"a","Name":"","Key":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}]""")]
    public void An_entry_without_a_name_or_a_complete_key_counts_as_damage(string text)
    {
        var running = Store();
        File.WriteAllText(_data.In(DeviceStore.FileName), text);

        Assert.Contains("entry 1", Assert.Throws<DeviceException>(Store).Message, StringComparison.Ordinal);
        Assert.Throws<DeviceException>(() => running.Devices);
        Assert.Throws<DeviceException>(() => running.Add("tablet"));
    }

    [Fact]
    public void An_entry_without_its_last_client_is_valid()
    {
        File.WriteAllText(
            _data.In(DeviceStore.FileName), """[{"Id":"a","Name":"phone","Key":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","LastClient":null}]""");

        Assert.Equal("", Assert.Single(Store().Devices).LastClient);
    }

    [Fact]
    public async Task Simultaneous_changes_by_the_command_line_and_the_gateway_are_all_kept()
    {
        const int each = 40;
        using var start = new Barrier(3);
        var stores = Enumerable.Range(0, 3).Select(_ => new DeviceStore(_data.Path, 100, _clock)).ToList();
        var phone = stores[0].Add("phone");

        await Task.WhenAll(
            Repeat(number => stores[0].Add($"a{number}")),
            Repeat(number => stores[1].Add($"b{number}")),
            Repeat(number => stores[2].RecordUse(phone, $"client {number}")));

        Assert.Equal(1 + 2 * each, Store().Devices.Count);

        Task Repeat(Action<int> change) => Task.Factory.StartNew(
            () =>
            {
                try
                {
                    for (var number = 0; number < each; number++)
                    {
                        start.SignalAndWait();
                        change(number);
                    }
                }
                finally
                {
                    start.RemoveParticipant();
                }
            }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    [Fact]
    public void The_last_use_is_written_once_an_hour()
    {
        var store = Store();
        var device = store.Add("phone");

        store.RecordUse(device, "DSub");
        var first = store.Devices[0];
        _clock.Advance(TimeSpan.FromMinutes(5));
        store.RecordUse(first, "DSub");
        Assert.Equal((first.LastUsed, "DSub"), (store.Devices[0].LastUsed, store.Devices[0].LastClient));
        _clock.Advance(TimeSpan.FromHours(1));
        store.RecordUse(first, "");
        Assert.Equal((_clock.GetUtcNow(), "DSub"), (store.Devices[0].LastUsed, store.Devices[0].LastClient));
    }

    [Fact]
    public void Two_programs_that_share_a_key_do_not_cause_a_write_for_each_request()
    {
        var store = Store();
        var device = store.Add("phone");
        store.RecordUse(device, "one");
        var first = store.Devices[0].LastUsed;
        for (var second = 0; second < 59; second++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            store.RecordUse(device, second % 2 == 0 ? "two" : "one");
        }

        Assert.Equal((first, "one"), (store.Devices[0].LastUsed, store.Devices[0].LastClient));
        _clock.Advance(TimeSpan.FromSeconds(1));
        store.RecordUse(device, "two");
        Assert.Equal("two", store.Devices[0].LastClient);
    }

    private DeviceStore Store() => new(_data.Path, 2, _clock);
}
