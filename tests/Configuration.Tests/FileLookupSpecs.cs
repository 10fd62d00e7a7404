using TspActors.Configuration.Layers;

namespace TspActors.Configuration.Tests;

/// <summary>Checks which configuration file is read, and what is reported if it cannot be read.</summary>
public sealed class FileLookupSpecs : IDisposable
{
    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void The_file_next_to_the_program_is_read_if_the_working_directory_has_none()
    {
        Workbench.Write(Path.Combine(_bench.ProgramDirectory, "config", "tracker.conf"), "tsp.tracker.port = 1");
        Assert.Equal(1, _bench.Read().Port("tsp.tracker.port"));
        _bench.WriteFile("tsp.tracker.port = 2");
        Assert.Equal(2, _bench.Read().Port("tsp.tracker.port"));
    }

    [Fact]
    public void A_named_file_replaces_the_default_file_and_its_path_is_relative_to_the_working_directory()
    {
        _bench.WriteFile("tsp.tracker.port = 2");
        Workbench.Write(Path.Combine(_bench.WorkingDirectory, "my files", "x.conf"), "tsp.tracker.host = \"::\"");
        _bench.ConfigFile = Path.Combine("my files", "x.conf");
        Assert.Equal("::", _bench.Read().Host("tsp.tracker.host"));
        Assert.Equal(7070, _bench.Read().Port("tsp.tracker.port"));
    }

    [Theory]
    [InlineData("absent.conf")]
    [InlineData("line\nbreak.conf")]
    public void A_missing_named_file_is_a_one_line_error_that_names_it(string name)
    {
        _bench.ConfigFile = name;
        string problem = Assert.Single(_bench.Load().Problems).ToString();
        Assert.StartsWith("command line --config: there is no file " + _bench.WorkingDirectory, problem);
        Assert.DoesNotContain('\n', problem);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    public void A_directory_instead_of_a_file_is_an_error(string name)
    {
        _bench.ConfigFile = name;
        Assert.Contains("cannot be read", Assert.Single(_bench.Load().Problems).ToString());
    }

    [Fact]
    public void A_file_of_more_than_1_MiB_is_refused()
    {
        _bench.WriteFile(new string('#', FileLayer.MaxBytes + 1));
        Assert.Contains("larger than 1024 KiB", Assert.Single(_bench.Load().Problems).ToString());
        _bench.WriteFile(new string('#', FileLayer.MaxBytes));
        Assert.Empty(_bench.Load().Problems);
    }

    [Fact]
    public void A_file_that_is_not_UTF8_is_refused()
    {
        _bench.WriteFile("");
        File.WriteAllBytes(_bench.DefaultFile, [0x23, 0xFF, 0xFE]);
        Assert.Equal(
            $"file {_bench.DefaultFile}: it is not UTF-8 text; save it as UTF-8", Assert.Single(_bench.Load().Problems).ToString());
    }

    [Fact]
    public void A_byte_order_mark_and_Windows_line_endings_are_accepted()
    {
        _bench.WriteFile("\uFEFFtsp.tracker {\r\n  port = 5 # five\r\n  name = \"x\"\r\n}\r\n");
        Assert.Equal(5, _bench.Read().Port("tsp.tracker.port"));
        Assert.Equal("x", _bench.Read().Text("tsp.tracker.name"));
    }

    [Fact]
    public void A_load_with_problems_yields_no_configuration()
    {
        _bench.ConfigFile = "absent.conf";
        var configuration = _bench.Load();
        Assert.Throws<SettingsException>(() => configuration.Config);
        Assert.Throws<SettingsException>(configuration.Print);
        Assert.Throws<SettingsException>(new SettingsReader(configuration).ThrowIfAny);
    }
}
