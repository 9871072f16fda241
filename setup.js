// Gives expect() the matchers of cdktf, such as toHaveResourceWithProperties.
require("cdktf").Testing.setupJest();
