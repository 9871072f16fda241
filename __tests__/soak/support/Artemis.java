import java.io.File;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;

/** ActiveMQ Artemis with a broker.xml. */
class Artemis {
  public static void main(String[] parameters) throws Exception {
    EmbeddedActiveMQ broker = new EmbeddedActiveMQ();
    broker.setConfigResourcePath(new File(parameters[0]).toURI().toString());
    broker.start();
  }
}
