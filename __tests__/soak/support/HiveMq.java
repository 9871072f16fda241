import com.hivemq.embedded.EmbeddedHiveMQ;
import java.nio.file.Path;

/** HiveMQ CE with the config.xml of a folder, and another folder for what it keeps. */
class HiveMq {
  public static void main(String[] parameters) {
    EmbeddedHiveMQ.builder()
        .withConfigurationFolder(Path.of(parameters[0]))
        .withDataFolder(Path.of(parameters[1]))
        .build()
        .start()
        .join();
  }
}
